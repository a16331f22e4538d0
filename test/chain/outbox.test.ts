/** What keeps a payment single is held by the database too, against the application and against its owner. */
import { randomUUID } from 'node:crypto';
import { attoText, coins } from '../../domain/money';
import { type Chain, startChain } from './a-chain';

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.close());

/** Mines until what was pushed is executed. */
const land = (): Promise<void> => chain.mine(2);

/** Drafts and signs 1 FIL to the escrow. */
async function signed(): Promise<{ id: string; cid: string; nonce: number; attemptId: number }> {
  const id = randomUUID();
  await chain.draft(id);
  return { id, ...(await chain.sign(id)) };
}

test('a draft is one payment for ever, and a signed one cannot be given up', async () => {
  const { id } = await signed();
  await expect(chain.draft(id, { value: attoText(coins(2n)) })).rejects.toThrow('other content');
  await chain.draft(id);
  expect(await chain.messages.cancelMessage({ messageId: id })).toEqual({ state: 'signed' });
  await chain.messages.pushMessage({ messageId: id });
  await land();
});

describe('the database holds it too', () => {
  test.each([
    [
      'INSERT INTO chain.nonce_slot (sender, nonce, message_id) SELECT from_address, 999, id FROM chain.message',
    ],
    ['UPDATE chain.sender SET next_nonce = next_nonce + 1'],
    ['UPDATE chain.message SET value = 1'],
    ["UPDATE chain.message SET to_address = 'f01'"],
    ['DELETE FROM chain.message'],
    ["UPDATE chain.attempt SET cid_signed = 'x'"],
    ["INSERT INTO chain.attempt (sender) VALUES ('x')"],
    ["UPDATE chain.account_xpub SET xpub = 'x'"],
  ])('the application may not: %s', async (sql) => {
    await expect(chain.app.raw(sql)).rejects.toThrow('permission denied');
  });

  test.each([
    ["UPDATE chain.message SET state = 'draft' WHERE state = 'pushed'", 'no way from'],
    ["UPDATE chain.message SET to_address = 'f01' WHERE state = 'pushed'", 'cannot change'],
    ["UPDATE chain.message SET value = 1 WHERE state = 'pushed'", 'cannot change'],
    ["UPDATE chain.attempt SET cid_signed = 'x'", 'append-only'],
    ['DELETE FROM chain.nonce_slot', 'append-only'],
    ['TRUNCATE chain.attempt CASCADE', 'append-only'],
    ['UPDATE chain.sender SET next_nonce = next_nonce + 1', 'with its slot'],
    ['UPDATE chain.sender SET next_nonce = next_nonce - 1', 'with its slot'],
    ['DELETE FROM chain.address', 'append-only'],
  ])('nor may the owner: %s', async (sql, words) => {
    await expect(chain.admin.raw(sql)).rejects.toThrow(words);
  });
});

test('addresses: one an owner for ever, deposit addresses without the keystore', async () => {
  const owner = { kind: 'repayment', ownerKind: 'loan', ownerId: randomUUID() } as const;
  const derived = await Promise.all([1, 2, 3].map(() => chain.signer.deriveAddress(owner)));
  expect(new Set(derived.map(({ address }) => address)).size).toBe(1);
  const customers = [randomUUID(), randomUUID(), randomUUID()];
  const assigned = await Promise.all(
    [...customers, ...customers].map((customerId) => chain.addresses.assignDepositAddress({ customerId })),
  );
  expect(new Set(assigned.map(({ address }) => address)).size).toBe(3);
  const expected = [0, 1, 2].map((index) => chain.keystore.address('deposit', index, 'f'));
  expect(new Set(assigned.map(({ address }) => address))).toEqual(new Set(expected));
});
