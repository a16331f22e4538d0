import { coins } from '../../domain/money';
import type { MessageInput } from '../../workflows/message';
import { makeAddressActivities } from '../../activities/address';
import { makeProcesses, type Processes } from './processes';

const TEN = coins(10n);
const FINAL = 8;

let product: Processes;
beforeAll(async () => {
  product = await makeProcesses();
});
afterAll(() => product.close());

interface Address {
  readonly address: string;
  readonly kind: string;
}

interface Attempt {
  readonly nonce: number;
  readonly message_id: string;
}

async function hotAddress(): Promise<string> {
  const row = await product.knex<Address>('chain.address').where({ kind: 'hot' }).first('address');
  if (row === undefined) throw new Error('the signer has made no hot wallet');
  return row.address;
}

/** Ten FIL from the hot wallet to a deposit address of ours. */
async function startPayment(id: string): Promise<string> {
  const { address } = await makeAddressActivities(product).assignDepositAddress({ customerId: id });
  const input: MessageInput = {
    id,
    kind: 'fund',
    from: await hotAddress(),
    to: address,
    value: TEN.toString() as MessageInput['value'],
    method: 0,
    params: null,
    subjectKind: 'address',
    subjectId: address,
    summary: 'Ten FIL, once',
  };
  await product.client.workflow.start('message', {
    workflowId: `message/${id}`,
    taskQueue: 'core',
    args: [input],
  });
  return address;
}

const attempts = (id: string): Promise<Attempt[]> =>
  product.knex<Attempt>('chain.attempt').where({ message_id: id }).select('nonce', 'message_id');

/** Mines until the message is booked, then a little more: a second transfer would show. */
async function settled(id: string): Promise<void> {
  await product.until(`message ${id} to be booked`, async () => {
    await product.devnet.control('Devnet.Mine', 1);
    const row = await product
      .knex<{ id: string; state: string }>('chain.message')
      .where({ id })
      .first('state');
    return row?.state === 'final' ? row : null;
  });
  await product.devnet.control('Devnet.Mine', FINAL);
}

async function expectOnce(id: string, address: string): Promise<void> {
  expect(await product.devnet.control('Filecoin.WalletBalance', address)).toBe(TEN.toString());
  expect(await product.knex('chain.nonce_slot').where({ message_id: id })).toHaveLength(1);
  // a dearer attempt may have replaced the first one while nobody looked; the slot is the same
  const nonces = new Set((await attempts(id)).map(({ nonce }) => nonce));
  expect(nonces.size).toBe(1);
  const moved = await product.knex('ledger.journal').where({ key: `message/${id}/moved` });
  expect(moved).toHaveLength(1);
  const outcome: unknown = await product.client.workflow.getHandle(`message/${id}`).result();
  expect(outcome).toMatchObject({ outcome: 'final', exitCode: 0, value: TEN.toString() });
}

test('killed after the signature is stored and before anything is pushed: the FIL goes out once', async () => {
  const [signer, worker] = await Promise.all([product.startSigner(), product.startWorker()]);
  await product.devnet.control('Devnet.Mine', 3);
  await product.devnet.control('Devnet.Fund', await hotAddress(), coins(100n).toString());
  await product.devnet.control('Devnet.Fail', { method: 'MpoolPush', times: 1_000, how: 'error' });
  const address = await startPayment('before-push');
  await product.until('the signature', async () => (await attempts('before-push'))[0]);
  await product.kill(worker, signer);
  expect(await product.devnet.control('Filecoin.MpoolPending', null)).toEqual([]);

  await product.devnet.control('Devnet.Fail', { method: 'MpoolPush', times: 0, how: 'error' });
  await Promise.all([product.startSigner(), product.startWorker()]);
  await settled('before-push');
  await expectOnce('before-push', address);
}, 180_000);

test('killed after the node took the message and before anybody heard of it: the FIL goes out once', async () => {
  await product.devnet.control('Devnet.Fail', { method: 'MpoolPush', times: 1, how: 'timeout-after-accept' });
  const address = await startPayment('after-push');
  await product.until('the message in the mempool', async () => {
    const pending = (await product.devnet.control('Filecoin.MpoolPending', null)) as unknown[];
    return pending[0];
  });
  await product.killAll();
  await Promise.all([product.startSigner(), product.startWorker()]);
  await settled('after-push');
  await expectOnce('after-push', address);
}, 180_000);
