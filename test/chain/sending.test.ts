/** A payment goes out exactly once: one nonce slot, whatever happens between signing and landing. */
import { randomUUID } from 'node:crypto';
import { makeSignerActivities } from '../../activities/signer';
import { replacementPremium } from '../../chain/gas';
import { coins } from '../../domain/money';
import { type Chain, GAS, MAX_FEE, refusalOf, type Rows, rowsOf, startChain, STUCK_EPOCHS } from './a-chain';

let chain: Chain;
let rows: Rows;
beforeAll(async () => {
  chain = await startChain();
  rows = rowsOf(chain);
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

test('signed, pushed and landed, it moved the value once', async () => {
  const before = await chain.lotus.walletBalance(chain.escrow);
  const { id, cid, nonce } = await signed();
  expect(await rows.stateOf(id)).toBe('signed');
  expect(await chain.messages.pushMessage({ messageId: id })).toEqual({ hint: 'pending' });
  expect(await rows.stateOf(id)).toBe('pushed');
  await land();
  const found = await chain.lotus.searchMsg(cid);
  expect(found).toMatchObject({ cid, receipt: { exitCode: 0 } });
  expect(await chain.lotus.walletBalance(chain.escrow)).toBe(before + coins(1n));
  expect((await chain.lotus.getActor(chain.hot, []))?.nonce).toBe(nonce + 1);
});

test('an activity that is retried after its commit gives the same signature', async () => {
  const first = await signed();
  expect(await chain.signer.signMessage({ messageId: first.id, gas: GAS })).toEqual({
    attemptId: first.attemptId,
    cid: first.cid,
    nonce: first.nonce,
  });
  expect(await rows.attempts(first.id)).toHaveLength(1);
  await chain.messages.pushMessage({ messageId: first.id });
  await land();
});

test('two signers on the same message bind one nonce', async () => {
  const other = makeSignerActivities(chain.signerDeps);
  const id = randomUUID();
  await chain.draft(id);
  const before = await rows.nextNonce();
  const all = await Promise.all([
    ...[1, 2, 3].map(() => chain.signer.signMessage({ messageId: id, gas: GAS })),
    ...[1, 2, 3].map(() => other.signMessage({ messageId: id, gas: GAS })),
  ]);
  expect(new Set(all.map(({ cid }) => cid)).size).toBe(1);
  expect(await rows.attempts(id)).toHaveLength(1);
  expect(await rows.nextNonce()).toBe(before + 1);
  await chain.messages.pushMessage({ messageId: id });
  await land();
});

test('messages signed at once get nonces without gap or double, and all land', async () => {
  const other = makeSignerActivities(chain.signerDeps);
  const before = await rows.nextNonce();
  const ids = await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async () => {
      const id = randomUUID();
      await chain.draft(id);
      return id;
    }),
  );
  const all = await Promise.all(
    ids.map((messageId, i) => (i % 2 === 0 ? chain.signer : other).signMessage({ messageId, gas: GAS })),
  );
  expect(all.map(({ nonce }) => nonce).sort((a, b) => a - b)).toEqual(ids.map((_, i) => before + i));
  expect(await rows.slots()).toEqual((await rows.slots()).map((_, i) => i));
  for (const messageId of [...ids].reverse()) await chain.messages.pushMessage({ messageId });
  await land();
  for (const { cid } of all)
    expect(await chain.lotus.searchMsg(cid)).toMatchObject({ receipt: { exitCode: 0 } });
});

describe('pushing is a hint', () => {
  test('the same bytes again, pending or landed, are no fault', async () => {
    const { id } = await signed();
    await chain.messages.pushMessage({ messageId: id });
    expect(await chain.messages.pushMessage({ messageId: id })).toEqual({ hint: 'pending' });
    await land();
    expect(await chain.messages.pushMessage({ messageId: id })).toEqual({ hint: 'used' });
  });

  test.each(['error', 'timeout-after-accept', 'http-500'])(
    'a node that fails with %s leaves the slot as it is',
    async (how) => {
      const { id, cid } = await signed();
      await chain.devnet.control('Devnet.Fail', { method: 'MpoolPush', times: 1, how });
      const { hint } = await chain.messages.pushMessage({ messageId: id });
      expect(hint).not.toBe('pending');
      await chain.messages.followMessage({ messageId: id });
      await land();
      expect(await chain.lotus.searchMsg(cid)).toMatchObject({ cid, receipt: { exitCode: 0 } });
      expect(await rows.attempts(id)).toHaveLength(1);
    },
  );

  test('a mempool that forgets gets it again', async () => {
    const { id, cid } = await signed();
    await chain.messages.pushMessage({ messageId: id });
    await chain.devnet.control('Devnet.DropMempool');
    await chain.messages.followMessage({ messageId: id });
    await land();
    expect(await chain.lotus.searchMsg(cid)).toMatchObject({ cid });
  });

  test('a reorg puts it back, and it lands again with the same nonce', async () => {
    const { id, cid, nonce } = await signed();
    await chain.messages.pushMessage({ messageId: id });
    await land();
    await chain.devnet.control('Devnet.Reorg', 3);
    await chain.devnet.control('Devnet.DropMempool');
    expect(await chain.lotus.searchMsg(cid)).toBeNull();
    await chain.messages.followMessage({ messageId: id });
    await land();
    expect(await chain.lotus.searchMsg(cid)).toMatchObject({ cid });
    expect((await chain.lotus.getActor(chain.hot, []))?.nonce).toBe(nonce + 1);
  });
});

describe('what is stuck is replaced in its own slot', () => {
  const baseFee = (atto: string): Promise<unknown> => chain.devnet.control('Devnet.BaseFee', atto);

  test('a dearer attempt of the same call lands, once', async () => {
    const before = await chain.lotus.walletBalance(chain.escrow);
    const first = await signed();
    await baseFee('20000000000');
    await chain.messages.pushMessage({ messageId: first.id });
    expect((await chain.messages.followMessage({ messageId: first.id })).replace).toBeNull();
    await chain.mine(STUCK_EPOCHS);
    const { replace } = await chain.messages.followMessage({ messageId: first.id });
    expect(replace).toMatchObject({ attemptId: first.attemptId });
    const input = { messageId: first.id, ...replace! };
    const dearer = await chain.signer.replaceMessage(input);
    expect(await chain.signer.replaceMessage(input)).toEqual(dearer);
    expect(dearer.nonce).toBe(first.nonce);
    const [old, fresh, ...more] = await rows.attempts(first.id);
    expect(more).toEqual([]);
    expect(fresh).toMatchObject({ supersedes: old!.id, nonce: first.nonce });
    expect(BigInt(fresh!.premium)).toBeGreaterThanOrEqual(replacementPremium(BigInt(old!.premium)));
    await chain.messages.pushMessage({ messageId: first.id });
    await land();
    expect(await chain.lotus.searchMsg(first.cid)).toMatchObject({
      cid: dearer.cid,
      receipt: { exitCode: 0 },
    });
    expect(await chain.lotus.walletBalance(chain.escrow)).toBe(before + coins(1n));
    await baseFee('100');
  });

  test('a base fee beyond policy bids nothing up: it says so, waits, and lands when the fee has fallen', async () => {
    const { id, cid } = await signed();
    await chain.messages.pushMessage({ messageId: id });
    await baseFee('2000000000000');
    await chain.mine(STUCK_EPOCHS);
    const dear = await chain.messages.followMessage({ messageId: id });
    expect(dear).toMatchObject({ replace: null, state: 'pushed' });
    expect(dear.needsAction).toMatch(/^The base fee is above \d+ attoFIL a unit, the most that policy pays/);
    await baseFee('100');
    const cheap = await chain.messages.followMessage({ messageId: id });
    expect(cheap.needsAction).toBeNull();
    await land();
    expect(await chain.lotus.searchMsg(cid)).toMatchObject({ cid, receipt: { exitCode: 0 } });
    expect(await rows.attempts(id)).toHaveLength(1);
  });

  test('policy bounds how dear it gets', async () => {
    const { id, attemptId } = await signed();
    const high = { gasLimit: 10_000_000_000, gasFeeCap: '1000000000', gasPremium: '1000000' };
    await chain.signer.replaceMessage({ messageId: id, attemptId, gas: high });
    const [, dearest] = await rows.attempts(id);
    const [{ cost }] = (await chain
      .admin('chain.attempt')
      .where({ id: dearest!.id })
      .select(chain.admin.raw('gas_limit * fee_cap AS cost'))) as [{ cost: string }];
    expect(BigInt(cost)).toBeLessThanOrEqual(MAX_FEE);
    await chain.messages.pushMessage({ messageId: id });
    await land();
  });

  test('a landed one is not replaced', async () => {
    const { id, attemptId } = await signed();
    await chain.messages.pushMessage({ messageId: id });
    await chain.mine(STUCK_EPOCHS + 2);
    expect((await chain.messages.followMessage({ messageId: id })).replace).toBeNull();
    await chain.admin('chain.message').where({ id }).update({ state: 'conflict' });
    expect(await refusalOf(chain.signer.replaceMessage({ messageId: id, attemptId, gas: GAS }))).toBe(
      'wrong-state',
    );
  });
});
