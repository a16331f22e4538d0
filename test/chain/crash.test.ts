/** A process killed at any point between the draft and the push: after the next try the FIL went out exactly once. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { coins } from '../../domain/money';
import { type Chain, type Rows, rowsOf, startChain } from './a-chain';
import type { Orders } from './dying-signer';

let chain: Chain;
let rows: Rows;
beforeAll(async () => {
  chain = await startChain();
  rows = rowsOf(chain);
});
afterAll(() => chain.close());

/** Runs the program to its death; gives the signal that ended it. */
function dieAt(messageId: string, point: Orders['dieAt']): Promise<string | null> {
  const orders: Orders = {
    ...{ signerUrl: chain.database.signerUrl, appUrl: chain.database.appUrl, messageId, dieAt: point },
    ...{ rpc: chain.devnet.rpc, token: chain.devnet.tokens.write, keystorePath: chain.keystorePath },
  };
  const program = join(__dirname, 'dying-signer.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(orders)], {
    cwd: join(__dirname, '..', '..'),
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 40_000,
    killSignal: 'SIGTERM',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (_code, signal) => resolve(signal));
  });
}

test.each([
  ['before-commit', 'draft', 0],
  ['after-commit', 'signed', 1],
  ['after-push', 'signed', 1],
] as const)('killed %s', async (point, state, stored) => {
  const before = await chain.lotus.walletBalance(chain.escrow);
  const messageId = randomUUID();
  await chain.draft(messageId);
  expect(await dieAt(messageId, point)).toBe('SIGKILL');
  expect(await rows.stateOf(messageId)).toBe(state);
  const left = await rows.attempts(messageId);
  expect(left).toHaveLength(stored);
  const nonce = left[0]?.nonce ?? (await rows.nextNonce());

  const again = await chain.sign(messageId);
  expect(again.nonce).toBe(nonce);
  if (left[0] !== undefined) expect(again.cid).toBe(left[0].cid_signed);
  await chain.messages.pushMessage({ messageId });
  await chain.messages.followMessage({ messageId });
  await chain.mine(3);
  expect(await chain.lotus.searchMsg(again.cid)).toMatchObject({ cid: again.cid, receipt: { exitCode: 0 } });
  expect(await chain.lotus.walletBalance(chain.escrow)).toBe(before + coins(1n));
  expect((await chain.lotus.getActor(chain.hot, []))?.nonce).toBe(nonce + 1);
  expect(await rows.attempts(messageId)).toHaveLength(1);
});
