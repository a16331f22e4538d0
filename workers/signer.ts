/**
 * The signer: a process of its own, the only one that opens the keystore. Serves the task queue `signer` with a
 * database role that alone may bind nonces and store signatures.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { makeSignerActivities, type SignerDeps } from '../activities/signer';
import { ACCOUNT } from '../chain/derivation';
import { createKeystore, type Keystore, openKeystore } from '../chain/keystore';
import { type Lotus, makeLotus } from '../chain/lotus';
import { checkNetwork } from '../chain/network';
import { readConfig, type SignerConfig } from '../config';
import { accountXpub, assignAddress, HOT } from '../db/address';
import { makeKnex } from '../db/knex';
import { makeLog, temporalTls } from '../deps';
import {
  type Address,
  addressBytes,
  addressFrom,
  parseAddress,
  PROTOCOL,
  protocolOf,
} from '../domain/address';
import { isRefusal } from '../domain/refusal';
import { BEATING } from './heartbeat';

/** Reads the passphrase; a final line break is not part of it. */
function readPassphrase(path: string): string {
  return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
}

/** Opens the keystore; makes it first where it is missing and `init` allows it. */
async function unlock(config: SignerConfig, init: boolean, log: Logger): Promise<Keystore> {
  const { path, passphraseFile } = config.keystore;
  const options = { path, passphrase: readPassphrase(passphraseFile) };
  if (!existsSync(path)) {
    if (!init)
      throw new Error(
        `${path} is missing: start once with --init-if-missing to make a new one, or restore it`,
      );
    await createKeystore(options);
    log.warn({ path }, 'made a new keystore: back it up with its passphrase, apart from each other');
  }
  return openKeystore(options);
}

/**
 * Stores what may leave the signer: the deposit account's extended public key and the hot address.
 * @throws Error where the database belongs to another keystore: it must not be mixed with this one.
 */
export async function introduce(knex: Knex, keystore: Keystore, lotus: Lotus): Promise<Address> {
  const xpub = keystore.accountXpub('deposit');
  await knex('chain.account_xpub').insert({ kind: 'deposit', xpub }).onConflict('kind').ignore();
  if ((await accountXpub(knex, 'deposit')) !== xpub) {
    throw new Error('the database belongs to another keystore: its deposit addresses come from another seed');
  }
  const { prefix } = await lotus.network();
  return assignAddress(knex, HOT, {
    account: ACCOUNT.hot,
    derive: (index) => keystore.address('hot', index, prefix),
  });
}

/**
 * Tells the database which address is cold; the worker takes it up in the books. The signer itself pays no other.
 * @throws Error where it is no address of this network, or one that we sign for
 */
export async function introduceCold(
  knex: Knex,
  lotus: Lotus,
  configured: string | undefined,
): Promise<Address | null> {
  if (configured === undefined) return null;
  const { prefix } = await lotus.network();
  const address = parseAddress(configured, prefix);
  if (isRefusal(address)) throw new Error(`COLD_ADDRESS: ${address.detail}`);
  // Arrivals by its other name would be explained by nothing and stop booking; and an ID can be another's after a reorg.
  if (protocolOf(address) === PROTOCOL.id)
    throw new Error(`COLD_ADDRESS: ${address} is an ID; name its f1, f2, f3 or f4 address`);
  const own: unknown = await knex('chain.address')
    .where({ address })
    .whereNot({ kind: 'cold' })
    .first('kind');
  if (own !== undefined) throw new Error('COLD_ADDRESS is an address that we sign for: it would not be cold');
  await knex('chain.cold_address')
    .insert({ address, bytes: Buffer.from(addressBytes(address)) })
    .onConflict('address')
    .ignore();
  return address;
}

/**
 * A chain that counts more nonces than we bound means that the key was used elsewhere, or that the database is an
 * older copy: such senders only drain until a person compares and unlocks them.
 */
export async function drainSurprising(knex: Knex, lotus: Lotus, log: Logger): Promise<void> {
  const senders: { address: string; next_nonce: number }[] = await knex('chain.sender as s')
    .join('chain.address as a', 'a.address', 's.address')
    .where('s.mode', 'active')
    .whereRaw("(s.next_nonce > 0 OR a.kind = 'hot')")
    .select('s.address', 's.next_nonce');
  for (const { address, next_nonce: bound } of senders) {
    const onChain = await lotus.mpoolNonce(addressFrom(address));
    if (onChain <= bound) continue;
    const reason = `at start the chain was at nonce ${onChain}, we had bound up to ${bound}`;
    await knex('chain.sender').where({ address }).update({ mode: 'draining', frozen_reason: reason });
    log.error({ address, onChain, bound }, 'a sender of ours was used elsewhere: it signs no more');
  }
}

async function serve(config: SignerConfig, deps: SignerDeps, hot: Address): Promise<void> {
  const { address, namespace } = config.temporal;
  const connection = await NativeConnection.connect({ address, tls: temporalTls(config.temporal) ?? null });
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: 'signer',
      identity: `signer@${hostname()}#${process.pid}-${randomUUID().slice(0, 8)}`,
      activities: makeSignerActivities(deps),
      shutdownGraceTime: '10s',
      shutdownForceTime: '20s',
      ...BEATING,
    });
    process.stdout.write(`${JSON.stringify({ ready: true, hot })}\n`);
    await worker.run();
  } finally {
    await connection.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'init-if-missing': { type: 'boolean', default: false } } });
  const config = readConfig('signer');
  const log = makeLog(config.part, config.logLevel);
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }) } },
  });
  const keystore = await unlock(config, values['init-if-missing'] || config.development, log);
  const knex = makeKnex(config.databaseUrl, { applicationName: 'loanstone-signer' });
  try {
    const lotus = makeLotus(config.lotus);
    await checkNetwork(lotus, config.lotus);
    const hot = await introduce(knex, keystore, lotus);
    const coldAddress = await introduceCold(knex, lotus, config.coldAddress);
    await drainSurprising(knex, lotus, log);
    const { maxFee, stalledEpochs, finalityEpochs = null } = config.lotus;
    await serve(config, { knex, lotus, keystore, maxFee, stalledEpochs, finalityEpochs, coldAddress }, hot);
  } finally {
    await knex.destroy();
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
