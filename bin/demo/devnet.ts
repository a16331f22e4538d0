/** A Filecoin network for the demo where none is given: a devnet without control, its epochs advance by themselves. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { coins } from '../../domain/money';
import { startChild, type Child } from '../../stack/child';
import { plainEnvironment } from '../../stack/environment';
import { freePort } from '../../stack/port';
import { newKey } from '../wallet-actions';
import { readChainFile, type ChainFile } from './chain-file';

const READY_TIMEOUT_MS = 60_000;
const FINALITY = 10;
const FUNDED = coins(200_000n);
const OWN_GAS = coins(10n);
const MINER_AVAILABLE = coins(200n);
const ready = z.object({ rpc: z.string(), tokens: z.object({ write: z.string() }) });

/** Starts a devnet in `folder` with one epoch a second and writes its chain file there. */
export async function startOwnDevnet(
  folder: string,
  epochMs = 1000,
): Promise<{ child: Child; file: string; chain: ChainFile }> {
  const [depositor, owner, worker] = [newKey('f'), newKey('f'), newKey('f', 'bls')];
  const port = await freePort(process.env['LOANSTONE_ANY_PORTS'] === undefined ? 1234 : 0);
  const args = ['--import', 'tsx', 'devnet/main.ts', '--port', String(port), '--data', join(folder, 'chain')];
  args.push(
    '--epoch-ms',
    String(epochMs),
    '--epoch-seconds',
    '1',
    '--finality',
    String(FINALITY),
    '--network',
    'f',
  );
  args.push(
    '--fund',
    `${depositor.address}:${FUNDED.toString()}`,
    '--fund',
    `${owner.address}:${OWN_GAS.toString()}`,
    '--fund',
    `${worker.address}:${OWN_GAS.toString()}`,
  );
  args.push('--miner', `${owner.address},${worker.address},${MINER_AVAILABLE.toString()}`);
  const child = startChild({
    name: 'devnet',
    command: process.execPath,
    args,
    cwd: join(__dirname, '..', '..'),
    env: plainEnvironment(),
    logFile: join(folder, 'devnet.log'),
  });
  const { rpc, tokens } = ready.parse(await child.firstJson('rpc', READY_TIMEOUT_MS));
  const miner = await firstMiner(rpc);
  const file = join(folder, 'chain.json');
  const chain: ChainFile = {
    rpc,
    token: tokens.write,
    finalityEpochs: FINALITY,
    funded: [{ address: depositor.address, privateKeyHex: depositor.privateKeyHex }],
    miner: { id: miner, ownerPrivateKeyHex: owner.privateKeyHex, workerPrivateKeyHex: worker.privateKeyHex },
  };
  writeFileSync(file, JSON.stringify(chain, null, 2), { mode: 0o600 });
  return { child, file, chain: readChainFile(file) };
}

/** The genesis miner, as an outside program would find it. */
async function firstMiner(rpc: string): Promise<string> {
  const response = await fetch(rpc, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'Filecoin.StateListMiners', params: [[]] }),
  });
  const { result } = z.object({ result: z.array(z.string()).min(1) }).parse(await response.json());
  const [miner] = result.slice(-1);
  if (miner === undefined) throw new Error('the devnet has no miner');
  return miner;
}
