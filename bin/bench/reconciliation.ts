/**
 * The whole proof that books and chain agree for 10,000 addresses: a real devnet, a real Postgres; beside it as many
 * plain balance reads of the node, as many at a time.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { z } from 'zod';
import { AT_ONCE } from '../../activities/holding';
import { makeReconciliationActivities } from '../../activities/reconciliation';
import { makeLotus, type Lotus } from '../../chain/lotus';
import { keyText } from '../../chain/watch';
import { makeKnex } from '../../db/knex';
import { printAddress, type Address } from '../../domain/address';
import { startChild } from '../../stack/child';
import { plainEnvironment } from '../../stack/environment';
import { callJsonRpc } from '../../stack/json-rpc';
import { freePort } from '../../stack/port';
import type { Figures } from '../bench';
import { openBenchDatabase } from './database';
import { median, round } from './machine';

const ADDRESSES = Number(process.env['BENCH_ADDRESSES'] ?? 10_000);
const RUNS = 3;
const CONTROL = 'bench';
const BOOKED_AT_ONCE = 2_000;
const ready = z.object({ rpc: z.string(), tokens: z.object({ read: z.string() }) });

/** The n-th address holds n nanoFIL, so that no two hold the same. */
const held = (n: number): bigint => BigInt(n) * 1_000_000_000n;

function anAddress(): Address {
  return printAddress(Buffer.concat([Buffer.from([1]), randomBytes(20)]), 'f');
}

/** A devnet whose genesis gives each address what it holds. */
async function startDevnet(folder: string, addresses: readonly Address[]) {
  const port = await freePort();
  const funded = addresses.flatMap((address, i) => ['--fund', `${address}:${held(i + 1)}`]);
  const child = startChild({
    name: 'devnet',
    command: process.execPath,
    args: [
      ...['--import', 'tsx', 'devnet/main.ts', '--port', String(port), '--data', join(folder, 'chain')],
      ...['--epoch-ms', '0', '--control-token', CONTROL, '--network', 'f', ...funded],
    ],
    cwd: join(__dirname, '..', '..'),
    env: plainEnvironment(),
    logFile: join(folder, 'devnet.log'),
  });
  const { rpc, tokens } = ready.parse(await child.firstJson('rpc', 120_000));
  await callJsonRpc({ rpc, token: CONTROL, method: 'Devnet.Mine', params: [10] });
  return { child, lotus: makeLotus({ url: rpc, token: tokens.read, timeoutMs: 60_000 }) };
}

/** The addresses as the platform knows them, each with the deposit that it holds. */
async function book(owner: Knex, addresses: readonly Address[]): Promise<void> {
  for (let from = 0; from < addresses.length; from += BOOKED_AT_ONCE) {
    const some = addresses.slice(from, from + BOOKED_AT_ONCE);
    await owner('chain.address').insert(
      some.map((address, i) => ({
        ...{ address, bytes: Buffer.from(address), kind: 'deposit', owner_kind: 'customer' },
        ...{ owner_id: `c${from + i}`, derivation_account: 0, derivation_index: from + i },
        // On record since the first deposit was final.
        id_address: `f0${10_000_000 + from + i}`,
      })),
    );
    await owner.raw(
      `SELECT count(ledger.post(jsonb_build_object('key', 'deposit/' || address, 'kind', 'deposit', 'asset', 'FIL',
         'effectiveEpoch', 0, 'executedEpoch', 0, 'workflowId', 'bench', 'postings', jsonb_build_array(
           jsonb_build_object('code', 'custody.deposit', 'owner', address, 'side', 'D', 'amount', amount),
           jsonb_build_object('code', 'customer.available', 'owner', owner, 'side', 'C', 'amount', amount)))))
       FROM unnest(?::text[], ?::text[], ?::text[]) AS t(address, owner, amount)`,
      [some, some.map((_, i) => `c${from + i}`), some.map((_, i) => held(from + i + 1).toString())],
    );
  }
  await owner.raw('VACUUM ANALYZE');
}

/** The head of a chain that stands still, as what is booked; the books are those of its state. */
async function follow(owner: Knex, lotus: Lotus): Promise<readonly string[]> {
  const { height, key } = await lotus.chainHead();
  const at = { clock: height - 1, executed: height, executed_key: keyText(key) };
  await owner('watch.cursor').insert({ ...at, head: height, head_key: keyText(key), began: 0 });
  return key;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

async function plainReads(
  lotus: Lotus,
  addresses: readonly Address[],
  key: readonly string[],
): Promise<void> {
  const waiting = [...addresses];
  const line = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const actor = await lotus.getActor(next, key);
      if (actor === null || actor.balance === 0n) throw new Error(`the devnet knows no ${next}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

export async function reconciliation(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-chain-'));
  const addresses = Array.from({ length: ADDRESSES }, anAddress);
  const database = await openBenchDatabase();
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  const app = makeKnex(database.appUrl, { poolMax: 4 });
  const { child, lotus } = await startDevnet(folder, addresses);
  try {
    await book(owner, addresses);
    const key = await follow(owner, lotus);
    const activities = makeReconciliationActivities({ knex: app, lotus });
    const runs: { seconds: number; referenceSeconds: number }[] = [];
    for (let n = 1; n <= RUNS; n += 1) {
      const referenceSeconds = await timed(() => plainReads(lotus, addresses, key));
      const seconds = await timed(async () => {
        const run = await activities.reconcile({ id: `bench-${n}`, workflowId: 'reconciliation/bench' });
        if (run.outcome !== 'matched' || run.addresses !== ADDRESSES)
          throw new Error(`not reconciled: ${JSON.stringify(run)}`);
      });
      runs.push({ seconds: round(seconds), referenceSeconds: round(referenceSeconds) });
    }
    const [seconds, reference] = [
      median(runs.map((run) => run.seconds)),
      median(runs.map((run) => run.referenceSeconds)),
    ];
    return {
      what: `${ADDRESSES} addresses reconciled at one tipset of a devnet, kept address by address`,
      figures: {
        postgres: database.version,
        addresses: ADDRESSES,
        seconds,
        msEach: round((seconds * 1000) / ADDRESSES),
        reference: `${ADDRESSES} plain balance reads of the same node, ${AT_ONCE} at a time`,
        referenceSeconds: reference,
        ratio: round(seconds / reference),
      },
      runs,
    };
  } finally {
    await child.stop();
    await app.destroy();
    await owner.destroy();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
