/** The hot wallet between its marks, on a chain: to cold only what is spare and approved, back from cold as a refill. */
import type { Knex } from 'knex';
import { makeColdActivities, makeCustodyActivities } from '../../activities/custody';
import { makeSignerActivities } from '../../activities/signer';
import { hotLevel } from '../../db/custody';
import { liftFreeze, setFreeze } from '../../db/freeze';
import { mayGoCold, targetOf, weigh } from '../../domain/custody';
import { atto, attoText, coins, type AttoText } from '../../domain/money';
import { introduceCold } from '../../workers/signer';
import { GAS, refusalOf } from '../chain/a-chain';
import { agreed } from '../freeze/desk';
import { balanceOf, makeWorld, type Outsider, type World } from './world';

let world: World;
let treasury: Outsider;
let custody: ReturnType<typeof makeCustodyActivities>;
let policies = 1;
beforeAll(async () => {
  world = await makeWorld();
  treasury = await world.outsider(50n);
  custody = makeCustodyActivities({ knex: world.knex });
  await world.devnet.control('Devnet.Fund', world.hot, coins(200n).toString());
  await world.settle();
});
afterAll(() => world.close());

/** A version of the marks, as two people would have made it. */
async function marks(hotLow: bigint, hotHigh: bigint): Promise<void> {
  policies += 1;
  const content = { hotLow: coins(hotLow).toString(), hotHigh: coins(hotHigh).toString() };
  const approval_id = await agreed(world.admin, 'policy', `custody-${policies}`, {
    ...{ policy: 'custody', of: '', ...content },
  });
  await world
    .admin('policy_version')
    .insert({ kind: 'custody', subject: '', version: policies, content, approval_id });
}

const commit = (amount: bigint): Promise<unknown> =>
  world
    .admin('pool')
    .where({ id: 'flexible' })
    .update({ committed: attoText(atto(amount)) });
const findings = (db: Knex): Promise<unknown[]> => db('watch.finding').select('kind');

test('the rules: between the marks nothing, above and below to the middle, what is owed counts as gone', () => {
  const [hotLow, hotHigh] = [50n, 101n];
  expect(targetOf({ hotLow, hotHigh })).toBe(75n);
  const at = (hot: bigint, owed = 0n) => weigh({ hotLow, hotHigh }, atto(hot), atto(owed));
  expect(at(101n)).toBeNull();
  expect(at(50n)).toBeNull();
  expect(at(102n)).toEqual({ direction: 'to-cold', amount: 27n });
  expect(at(49n)).toEqual({ direction: 'refill', amount: 26n });
  expect(at(200n, 99n)).toBeNull();
  expect(at(200n, 98n)).toEqual({ direction: 'to-cold', amount: 27n });
  expect(at(100n, 120n)).toEqual({ direction: 'refill', amount: 95n });
  expect(weigh({ hotLow: 0n, hotHigh: 9n }, atto(0n), atto(5n))).toBeNull();
  expect(weigh({ hotLow: 2n, hotHigh: 1n }, atto(9n), atto(0n))).toBeNull();
  expect(mayGoCold({ hotLow, hotHigh }, atto(100n), atto(10n), 40n)).toBe(true);
  expect(mayGoCold({ hotLow, hotHigh }, atto(100n), atto(10n), 41n)).toBe(false);
});

test('the cold address comes from the signer alone, and is taken up with what it holds', async () => {
  const { knex, admin, signerDeps, lotus } = world;
  const cold = makeColdActivities({ knex, lotus });
  expect(await cold.takeUpCold()).toEqual({ takenUp: null });
  const row = {
    address: 't1x',
    bytes: Buffer.from([9]),
    kind: 'cold',
    owner_kind: 'platform',
    owner_id: 'x',
  };
  await expect(knex('chain.address').insert(row)).rejects.toThrow('not configured as cold');
  await expect(
    knex('chain.cold_address').insert({ address: 't1x', bytes: Buffer.from([9]) }),
  ).rejects.toThrow('permission denied');
  await expect(introduceCold(signerDeps.knex, lotus, 'nonsense')).rejects.toThrow('COLD_ADDRESS');
  await expect(introduceCold(signerDeps.knex, lotus, `${world.hot.charAt(0)}01000`)).rejects.toThrow(
    'is an ID',
  );
  await expect(introduceCold(signerDeps.knex, lotus, world.hot)).rejects.toThrow('would not be cold');
  expect(await introduceCold(signerDeps.knex, lotus, undefined)).toBeNull();
  expect(await introduceCold(signerDeps.knex, lotus, treasury.address)).toBe(treasury.address);
  const equity = await balanceOf(knex, 'equity', '');
  expect(await cold.takeUpCold()).toEqual({ takenUp: treasury.address });
  expect(await cold.takeUpCold()).toEqual({ takenUp: null });
  expect(await balanceOf(knex, 'custody.cold', treasury.address)).toBe(coins(50n));
  expect(await balanceOf(knex, 'equity', '')).toBe(equity + coins(50n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
  expect(await admin('chain.sender').where({ address: treasury.address })).toEqual([]);
});

test('nothing is proposed while payouts are frozen, nor of what is owed', async () => {
  const { knex, admin } = world;
  await marks(50n, 100n);
  const actor = { id: 'olga', role: 'operator' };
  const frozen = { id: 'f', scope: 'payouts', customerId: null, reason: 'why', actor } as const;
  await knex.transaction((trx) => setFreeze(trx, frozen, 'freeze/f'));
  expect(await custody.weighHot()).toEqual([]);
  const lift = await agreed(admin, 'lift', 'f');
  await knex.transaction((trx) => liftFreeze(trx, 'f', lift));
  await commit(coins(100n));
  expect(await custody.weighHot()).toEqual([]);
  expect(await hotLevel(knex)).toMatchObject({ hot: coins(200n), owed: coins(100n) });
  await commit(0n);
});

test('outdated where by now it is owed, or the policy is another; then proposed anew', async () => {
  const { admin } = world;
  expect(await custody.weighHot()).toEqual([{ n: 1, direction: 'to-cold' }]);
  expect(await custody.weighHot()).toEqual([{ n: 1, direction: 'to-cold' }]);
  await commit(coins(30n));
  const approvalId = await agreed(admin, 'to-cold', '1');
  expect(await custody.grantToCold({ n: 1, approvalId })).toBeNull();
  expect(await custody.grantToCold({ n: 1, approvalId })).toBeNull();
  await commit(0n);
  expect(await custody.weighHot()).toEqual([{ n: 2, direction: 'to-cold' }]);
  await marks(50n, 100n);
  expect(await custody.grantToCold({ n: 2, approvalId: await agreed(admin, 'to-cold', '2') })).toBeNull();
  const rows: unknown[] = await admin('custody_transfer').orderBy('n').select('state');
  expect(rows).toEqual([{ state: 'outdated' }, { state: 'outdated' }]);
});

describe('to cold', () => {
  let subject: { readonly amount: AttoText; readonly to: string };

  test('the signer refuses what is not the approved transfer, and signs it once', async () => {
    const { knex, admin, signerDeps, lotus, hot } = world;
    const signer = makeSignerActivities({ ...signerDeps, coldAddress: treasury.address });
    const refused = async (id: string, by = signer): Promise<string> => {
      const code = await refusalOf(by.signMessage({ messageId: id, gas: GAS }));
      expect(await admin('chain.attempt').where({ message_id: id })).toEqual([]);
      return code;
    };
    const draft = async (id: string, change: object = {}): Promise<string> => {
      await world.draftOwn({
        ...{ id, kind: 'to-cold', from: hot, to: treasury.address, value: subject.amount },
        ...{ subjectKind: 'custody', subjectId: '3', ...change },
      });
      return id;
    };
    expect(await custody.weighHot()).toEqual([{ n: 3, direction: 'to-cold' }]);
    const proposed = await custody.readCustodyTransfer(3);
    expect(proposed).toMatchObject({ amount: attoText(coins(125n)), to: treasury.address, from: hot });
    subject = { amount: proposed.amount, to: treasury.address };
    expect(await refused(await draft('before'))).toBe('approval-missing');

    const waiting = await agreed(admin, 'to-cold', '99', subject);
    const approvalId = await agreed(admin, 'to-cold', '3', subject);
    await expect(
      knex('custody_transfer').where({ n: 3 }).update({ state: 'approved', approval_id: waiting }),
    ).rejects.toThrow('not approved');
    const message = await custody.grantToCold({ n: 3, approvalId });
    expect(message).toMatchObject({
      kind: 'to-cold',
      value: subject.amount,
      to: treasury.address,
      approvalId,
    });
    if (message === null) throw new Error('outdated');

    expect(await refused(await draft('no-approval'))).toBe('approval-missing');
    expect(await refused(await draft('other', { approvalId: waiting }))).toBe('approval-missing');
    const more = attoText(coins(125n) + 1n);
    expect(await refused(await draft('more', { approvalId, value: more }))).toBe('approval-missing');
    expect(await refused(await draft('all', { approvalId, value: 'everything' }))).toBe('approval-missing');
    const stranger = await world.outsider(1n);
    expect(await refused(await draft('away', { approvalId, to: stranger.address }))).toBe('approval-missing');
    const sweep = await draft('sweep', { kind: 'sweep', approvalId });
    expect(await refused(sweep)).toBe('approval-missing');
    const right = await draft('right', { approvalId });
    expect(await refused(right, makeSignerActivities(signerDeps))).toBe('approval-missing');
    const elsewhere = makeSignerActivities({ ...signerDeps, coldAddress: stranger.address });
    expect(await refused(right, elsewhere)).toBe('approval-missing');
    await commit(coins(80n));
    expect(await refused(right)).toBe('funds-short');
    await commit(0n);

    await signer.signMessage({ messageId: right, gas: GAS });
    const [attempt] = await admin<{ message_id: string; signed_json: never }>('chain.attempt').where({
      message_id: right,
    });
    await lotus.mpoolPush(attempt?.signed_json as never);
    await world.settle();
    await custody.closeCustodyTransfer({ n: 3, state: 'sent', messageId: right });
    const gas = await balanceOf(knex, 'gas.expense', '');
    expect(await balanceOf(knex, 'custody.cold', treasury.address)).toBe(coins(175n));
    expect(await balanceOf(knex, 'custody.hot', hot)).toBe(coins(75n) - gas);
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
    expect(await custody.weighHot()).toEqual([]);
  });
});

test('a refill is asked for below the low mark, and is there once FIL from cold is final: no suspense, no finding', async () => {
  const { knex, hot } = world;
  await marks(100n, 200n);
  expect(await custody.weighHot()).toEqual([{ n: 4, direction: 'refill' }]);
  expect(await custody.weighHot()).toEqual([{ n: 4, direction: 'refill' }]);
  expect(await custody.readHotLevel()).toMatchObject({ enough: false });
  const [suspense, gas] = [
    await balanceOf(knex, 'suspense.unidentified', ''),
    await balanceOf(knex, 'gas.expense', ''),
  ];
  const before = await balanceOf(knex, 'custody.hot', hot);
  const found = await findings(knex);
  await treasury.send(hot, coins(80n));
  await world.settle();
  expect(await balanceOf(knex, 'custody.hot', hot)).toBe(before + coins(80n));
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(suspense);
  const spent = (await balanceOf(knex, 'gas.expense', '')) - gas;
  expect(await balanceOf(knex, 'custody.cold', treasury.address)).toBe(coins(95n) - spent);
  expect(await findings(knex)).toEqual(found);
  expect(await knex('watch.look').where({ workflow_id: 'custody/4' })).toHaveLength(1);
  expect(await custody.readHotLevel()).toMatchObject({ enough: true });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
  await custody.closeCustodyTransfer({ n: 4, state: 'settled' });
  expect(await custody.weighHot()).toEqual([]);
});

test('what leaves the cold address for a stranger is a finding, and the books follow the chain', async () => {
  const { knex } = world;
  const stranger = await world.outsider(1n);
  const loss = await balanceOf(knex, 'writeoff.expense', '');
  await treasury.send(stranger.address, coins(2n));
  await world.settle();
  expect(await balanceOf(knex, 'writeoff.expense', '')).toBe(loss + coins(2n));
  expect(await findings(knex)).toContainEqual({ kind: 'foreign-message' });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});
