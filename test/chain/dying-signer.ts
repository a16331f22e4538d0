/** Runs one step of a message with the product's own code and dies by SIGKILL at a chosen point; see crash.test.ts. */
import { makeMessageActivities } from '../../activities/message';
import { makeSignerActivities } from '../../activities/signer';
import { openKeystore } from '../../chain/keystore';
import { makeLotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { GAS, MAX_FEE, PASSPHRASE, TEST_SCRYPT_N } from './a-chain';

export interface Orders {
  readonly signerUrl: string;
  readonly appUrl: string;
  readonly rpc: string;
  readonly token: string;
  readonly keystorePath: string;
  readonly messageId: string;
  readonly dieAt: 'before-commit' | 'after-commit' | 'after-push';
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

async function main(): Promise<void> {
  const orders = JSON.parse(process.argv[2] ?? '') as Orders;
  const lotus = makeLotus({ url: orders.rpc, token: orders.token });
  const opened = await openKeystore({
    path: orders.keystorePath,
    passphrase: PASSPHRASE,
    testScryptN: TEST_SCRYPT_N,
  });
  // The slot is inserted before the signature is made: dying here is dying inside the open transaction.
  const keystore = orders.dieAt === 'before-commit' ? { ...opened, sign: die } : opened;
  const knex = makeKnex(orders.signerUrl);
  const signer = makeSignerActivities({
    knex,
    lotus,
    keystore,
    maxFee: MAX_FEE,
    finalityEpochs: null,
    stalledEpochs: 20,
  });
  await signer.signMessage({ messageId: orders.messageId, gas: GAS });
  if (orders.dieAt === 'after-commit') die();
  const config = { lotus: { maxFee: MAX_FEE }, stuckEpochs: 100, waitCapSeconds: 1 };
  const noted = makeKnex(orders.appUrl);
  const push = async (signed: Parameters<typeof lotus.mpoolPush>[0]): Promise<string> => {
    await lotus.mpoolPush(signed);
    return die();
  };
  await makeMessageActivities({ knex: noted, lotus: { ...lotus, mpoolPush: push }, config }).pushMessage({
    messageId: orders.messageId,
  });
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
