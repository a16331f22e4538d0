/** The signer signs nothing that policy, approval or the sender's funds do not allow. */
import { createHash, randomUUID } from 'node:crypto';
import { fromGasText } from '../../activities/message';
import { type Message, toLotusSigned } from '../../chain/message';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { addressFrom, type Address } from '../../domain/address';
import { attoText, coins, type AttoText } from '../../domain/money';
import { checkCollateral } from '../../chain/policy-collateral';
import type { StoredMessage } from '../../db/message';
import { type Chain, GAS, MAX_FEE, refusalOf, type Rows, rowsOf, startChain } from './a-chain';
import { heldMiner } from './held-miner';

let chain: Chain;
let rows: Rows;
beforeAll(async () => {
  chain = await startChain();
  rows = rowsOf(chain);
});
afterAll(() => chain.close());

/** Mines until what was pushed is executed. */
const land = (): Promise<void> => chain.mine(2);

describe('what the signer refuses, nothing stored', () => {
  const refused = async (change: Parameters<Chain['draft']>[1], proposed = GAS): Promise<unknown> => {
    const id = randomUUID();
    await chain.draft(id, change);
    const before = await rows.nextNonce();
    const code = await refusalOf(chain.signer.signMessage({ messageId: id, gas: proposed }));
    expect(await rows.nextNonce()).toBe(before);
    expect(await rows.attempts(id)).toEqual([]);
    expect(await rows.stateOf(id)).toBe('draft');
    return code;
  };

  test('more than the sender holds', async () => {
    expect(await refused({ value: attoText(coins(1_000n)) })).toBe('funds-short');
  });

  test('more than is left beside other open slots', async () => {
    const balance = await chain.lotus.walletBalance(chain.hot);
    const id = randomUUID();
    const most = balance - coins(2n);
    await chain.draft(id, { value: attoText(most) });
    await chain.signer.signMessage({ messageId: id, gas: GAS });
    expect(await refused({ value: attoText(coins(3n)) })).toBe('funds-short');
    await chain.messages.pushMessage({ messageId: id });
    await land();
    await chain.fund(chain.hot, 100n);
  });

  test('gas above policy', async () => {
    expect(await refused({}, { ...GAS, gasFeeCap: MAX_FEE.toString() })).toBe('gas-above-policy');
  });

  test('a transfer between our addresses that goes to a stranger', async () => {
    expect(await refused({ to: 'f01000' })).toBe('approval-missing');
    expect(await refused({ kind: 'return', to: chain.escrow })).toBe('approval-missing');
  });

  test('a call that its kind does not make', async () => {
    const params = Buffer.from(changeOwnerParams(addressFrom('f01234'))).toString('base64');
    expect(await refused({ params })).toBe('approval-missing');
    expect(await refused({ kind: 'owner-confirm', method: 16, value: attoText(0n) })).toBe(
      'approval-missing',
    );
    expect(await refused({ kind: 'owner-propose', method: METHOD.changeOwner })).toBe('approval-missing');
  });

  test('a frozen sender', async () => {
    const sender = chain.admin('chain.sender').where({ address: chain.hot });
    await sender.clone().update({ mode: 'frozen', frozen_reason: 'a person said so' });
    expect(await refused({})).toBe('sender-frozen');
    // Only two people do that (0019_remedy): not what this is about.
    await chain.admin.raw('ALTER TABLE chain.sender DISABLE TRIGGER sender_guard');
    await sender.clone().update({ mode: 'active', frozen_reason: null });
    await chain.admin.raw('ALTER TABLE chain.sender ENABLE TRIGGER sender_guard');
  });

  describe('a disbursement', () => {
    let miner: Address;
    let disburse: { readonly kind: 'disburse'; readonly to: Address; readonly value: AttoText };
    beforeAll(async () => {
      miner = await heldMiner(chain);
      disburse = { kind: 'disburse', to: miner, value: attoText(coins(2n)) };
    });
    /** An approval of 2 FIL for a loan and its miner. */
    async function approval(state: 'waiting' | 'accepted', loan = 'l1', to = miner): Promise<string> {
      const id = randomUUID();
      const subject = { loan, miner: to, amount: coins(2n).toString() };
      await chain.admin('approval').insert({
        ...{ id, kind: 'loan', subject_kind: 'loan', subject_id: loan, workflow_id: `loan/${loan}` },
        ...{ subject, subject_hash: createHash('sha256').update(id).digest('hex'), quorum: 1, maker_id: 'm' },
      });
      if (state === 'accepted') {
        const decision = { actor_id: 'c', actor_role: 'checker', decision: 'accept', reason: 'fine' };
        await chain.admin('approval_decision').insert({ approval_id: id, ...decision });
        await chain.admin('approval').where({ id }).update({ state, closed_at: new Date() });
      }
      return id;
    }
    test('without an accepted approval of this loan, miner and amount', async () => {
      const [waiting, approvalId] = [await approval('waiting'), await approval('accepted')];
      expect(await refused({ ...disburse, approvalId: 'none' })).toBe('approval-missing');
      expect(await refused({ ...disburse, approvalId: waiting })).toBe('approval-missing');
      expect(await refused({ ...disburse, approvalId, to: 'f01001' })).toBe('approval-missing');
      expect(await refused({ ...disburse, approvalId, subjectId: 'l2' })).toBe('approval-missing');
      expect(await refused({ ...disburse, approvalId, value: attoText(coins(2n) + 1n) })).toBe(
        'approval-missing',
      );
    });

    test("into a miner that the loan's escrow does not own, whatever was approved", async () => {
      const to = await heldMiner(chain, 'l2', chain.hot);
      const approvalId = await approval('accepted', 'l2', to);
      expect(await refused({ ...disburse, to, subjectId: 'l2', approvalId })).toBe('owner-changed');
    });

    test('into a miner that pays out to another', () => {
      const [escrow, stranger] = [addressFrom('f0100'), addressFrom('f0200')];
      const message = { kind: 'disburse', to: miner } as StoredMessage;
      const check = (sight: Parameters<typeof checkCollateral>[1]) => (): void =>
        checkCollateral(message, sight);
      expect(check({ escrow, owner: escrow, beneficiary: escrow })).not.toThrow();
      expect(check({ escrow, owner: escrow, beneficiary: stranger })).toThrow(`pays out to ${stranger}`);
      expect(check({ escrow, owner: stranger, beneficiary: stranger })).toThrow(`is owned by ${stranger}`);
      expect(check({ escrow: null, owner: stranger, beneficiary: stranger })).toThrow('is owned by');
      expect(check(null)).toThrow('No loan with an escrow');
    });

    test('with it, once', async () => {
      const approvalId = await approval('accepted');
      const id = randomUUID();
      await chain.draft(id, { ...disburse, approvalId });
      await chain.sign(id);
      expect(await refused({ ...disburse, approvalId, value: attoText(1n) })).toBe('approval-missing');
      await chain.messages.pushMessage({ messageId: id });
      await land();
    });

    test('the database wants one too', async () => {
      await expect(chain.draft(randomUUID(), disburse)).rejects.toThrow('violates check constraint');
    });
  });
});

test('everything leaves the highest fee that policy allows, and no other open slot short', async () => {
  const { address } = await chain.signer.deriveAddress({
    kind: 'escrow',
    ownerKind: 'loan',
    ownerId: randomUUID(),
  });
  await chain.fund(address, 10n);
  const id = randomUUID();
  await chain.draft(id, { kind: 'return', from: address, to: chain.hot, value: 'everything' });
  const { cid } = await chain.sign(id);
  const { value } = (await chain
    .admin<{ id: string; value: string }>('chain.message')
    .where({ id })
    .first())!;
  expect(BigInt(value)).toBe(coins(10n) - MAX_FEE);
  await chain.messages.pushMessage({ messageId: id });
  await land();
  const { totalCost } = await chain.lotus.stateReplay([], cid);
  expect(await chain.lotus.walletBalance(address)).toBe(MAX_FEE - totalCost);
});

test('everything of an address that holds less than a fee is not signed', async () => {
  const { address } = await chain.signer.deriveAddress({
    kind: 'escrow',
    ownerKind: 'loan',
    ownerId: randomUUID(),
  });
  await chain.fund(address, 1n);
  const id = randomUUID();
  await chain.draft(id, { kind: 'return', from: address, to: chain.hot, value: 'everything' });
  expect(await refusalOf(chain.signer.signMessage({ messageId: id, gas: GAS }))).toBe('nothing-to-send');
  expect(await chain.messages.estimateMessage({ messageId: id })).toMatchObject({ ok: true });
  expect(await chain.messages.cancelMessage({ messageId: id })).toEqual({ state: 'cancelled' });
});

test('what would fail on chain is said before anything is signed', async () => {
  const id = randomUUID();
  const params = Buffer.from(changeOwnerParams(addressFrom('f01234'))).toString('base64');
  const call = { kind: 'owner-propose', to: 'f01000', method: METHOD.changeOwner, params } as const;
  await chain.draft(id, { ...call, value: attoText(0n) });
  const estimate = await chain.messages.estimateMessage({ messageId: id });
  expect(estimate).toMatchObject({ ok: false, exitCode: 18 });
  expect(JSON.stringify(estimate)).toContain('ErrForbidden');
});

test('a key used elsewhere freezes its sender', async () => {
  const { address } = await chain.signer.deriveAddress({
    kind: 'escrow',
    ownerKind: 'loan',
    ownerId: randomUUID(),
  });
  const row = await chain
    .admin<{ address: string; derivation_index: number }>('chain.address')
    .where({ address })
    .first();
  await chain.fund(address, 10n);
  const foreign: Message = {
    ...{ from: address, to: chain.hot, nonce: 0, value: 1n, method: 0, params: new Uint8Array() },
    ...fromGasText(GAS),
  };
  const stolen = chain.keystore.sign(foreign, 'escrow', row!.derivation_index);
  await chain.lotus.mpoolPush(toLotusSigned(stolen));
  await land();
  const id = randomUUID();
  await chain.draft(id, { kind: 'return', from: address, to: chain.hot, value: attoText(1n) });
  expect(await refusalOf(chain.signer.signMessage({ messageId: id, gas: GAS }))).toBe('sender-frozen');
  const sender: unknown = await chain.admin('chain.sender').where({ address }).first();
  expect(sender).toMatchObject({
    mode: 'frozen',
    frozen_reason: 'the chain is at nonce 1, we bound up to 0',
  });
});
