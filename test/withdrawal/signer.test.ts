/** The signer pays no withdrawal that its own reading of the database does not bear out: rows that somebody forged. */
import { randomUUID } from 'node:crypto';
import type { MessageInput } from '../../activities/message';
import { makeWithdrawalActivities } from '../../activities/withdrawal';
import { addressProofText } from '../../chain/withdrawal-proof';
import { newKey, signText } from '../../bin/wallet-actions';
import { attoText, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { followOnce } from '../../activities/watch';
import { waitFor } from '../../stack/wait';
import { GAS, refusalOf, rowsOf, startChain, type Chain, type Rows } from '../chain/a-chain';
import { accepted, makePolicy } from './books';

let chain: Chain;
let rows: Rows;
let act: ReturnType<typeof makeWithdrawalActivities>;
beforeAll(async () => {
  chain = await startChain();
  rows = rowsOf(chain);
  act = makeWithdrawalActivities({ knex: chain.app });
  await followOnce({ knex: chain.app, lotus: chain.lotus, finalityEpochs: null });
  const customer = { id: 'ada', email: 'ada@example.com', state: 'open' };
  await chain.admin('customer').insert(customer);
  const money = coins(5_000n);
  await chain.app.transaction((trx) =>
    post(trx, {
      ...{ key: 'deposit/ada', kind: 'deposit', asset: 'FIL', effectiveEpoch: 0, workflowId: 'deposit/ada' },
      postings: [debit('custody.deposit', 'f1ada', money), credit('customer.available', 'ada', money)],
    }),
  );
}, 60_000);
beforeEach(() => policy());
afterAll(() => chain.close());

const ROOM = {
  ...{ perCustomerHour: coins(9_000n), perCustomerDay: coins(9_000n), coolDownSeconds: 0 },
  ...{ platformHour: coins(9_000n), platformDay: coins(9_000n), credentialCoolDownSeconds: 0 },
};
const policy = (change: Parameters<typeof makePolicy>[1] = {}): Promise<number> =>
  makePolicy(chain.admin, { ...ROOM, ...change });

/** As the owner of the database with its triggers off: what no program may do, and the signer must not believe. */
async function forge(table: string, id: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  await chain.admin.transaction(async (trx) => {
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx(table).where({ id }).update(change);
  });
}

interface Made {
  readonly id: string;
  readonly address: string;
  readonly addressId: string;
  readonly approvalId: string | null;
  readonly message: Partial<MessageInput>;
}

async function list(proven: boolean): Promise<{ address: string; addressId: string }> {
  const key = newKey('f');
  const addressId = randomUUID();
  const { address } = key;
  const challenge = addressProofText({ network: 'net', addressId, address, nonce: 'n' });
  const table = chain.admin('withdrawal_address').where({ id: addressId });
  const asked = { id: addressId, customer_id: 'ada', name: 'home', given: address, workflow_id: addressId };
  await chain.admin('withdrawal_address').insert(asked);
  await table.clone().update({ state: 'challenged', address, actor: 'none', challenge });
  const proof = proven ? { proven, signature: signText(key, challenge) } : {};
  await table.clone().update({ state: 'listed', listed_at: new Date(), ...proof });
  return { address, addressId };
}

/** A withdrawal that is approved as it must be, and the message that would pay it. */
async function approved(amount = coins(2n), { proven = true, by = ['c1'] } = {}): Promise<Made> {
  const { address, addressId } = await list(proven);
  const id = randomUUID();
  const request = { withdrawalId: id, customerId: 'ada', addressId, amount: attoText(amount) };
  const held = await act.placeWithdrawal({ ...request, workflowId: `withdrawal/${id}` });
  const subject = { withdrawal: id, address, amount: attoText(amount), policyVersion: held.policyVersion };
  const approvalId =
    held.people === 0
      ? null
      : await accepted(chain.admin, { kind: 'withdrawal', subjectId: id, subject, by });
  expect(await act.clearWithdrawal({ withdrawalId: id, approvalId })).toMatchObject({ state: 'approved' });
  const message: Partial<MessageInput> = {
    ...{ kind: 'withdraw', from: chain.hot, to: address, value: attoText(amount), method: 0, params: null },
    ...{ subjectKind: 'withdrawal', subjectId: id, ...(approvalId === null ? {} : { approvalId }) },
  };
  return { id, address, addressId, approvalId, message };
}

async function sign(message: Partial<MessageInput>): Promise<string> {
  const id = randomUUID();
  await chain.draft(id, message);
  return refusalOf(chain.signer.signMessage({ messageId: id, gas: GAS }));
}

async function refused(message: Partial<MessageInput>): Promise<string> {
  const before = await rows.nextNonce();
  const code = await sign(message);
  expect(await rows.nextNonce()).toBe(before);
  return code;
}

test('one that is as it was approved is signed, once', async () => {
  const { id, message } = await approved();
  expect(await sign(message)).toBe('none');
  expect(await refused(message)).toBe('approval-missing');
  expect(
    await refusalOf(act.releaseWithdrawal({ withdrawalId: id, state: 'cancelled', by: 'ada', reason: 'x' })),
  ).toBe('wrong-state');
});

test('another address, another amount, another subject, another sender, one of our own', async () => {
  const { message, id } = await approved();
  const other = newKey('f').address;
  expect(await refused({ ...message, to: other })).toBe('approval-missing');
  expect(await refused({ ...message, value: attoText(coins(2n) + 1n) })).toBe('approval-missing');
  expect(await refused({ ...message, value: attoText(coins(1n)) })).toBe('approval-missing');
  expect(await refused({ ...message, subjectId: randomUUID() })).toBe('approval-missing');
  await chain.fund(chain.escrow, 9n);
  expect(await refused({ ...message, from: chain.escrow })).toBe('approval-missing');
  await expect(chain.draft(randomUUID(), { ...message, subjectKind: 'loan' })).rejects.toThrow(
    'message_withdraw',
  );
  await expect(chain.draft(randomUUID(), { ...message, value: 'everything' })).rejects.toThrow(
    'message_withdraw',
  );
  await forge('withdrawal', id, { address: chain.escrow });
  expect(await refused({ ...message, to: chain.escrow })).toBe('approval-missing');
});

test('a row whose amount or address somebody changed after the approval', async () => {
  const { id, message } = await approved(coins(20n));
  const eve = (await list(true)).address;
  await forge('withdrawal', id, { address: eve });
  expect(await refused({ ...message, to: eve })).toBe('approval-missing');
  const more = await approved(coins(20n));
  await forge('withdrawal', more.id, { amount: coins(21n).toString() });
  expect(await refused({ ...more.message, value: attoText(coins(21n)) })).toBe('approval-missing');
});

test.each(['held', 'cancelled', 'expired', 'declined'])('one that is %s', async (state) => {
  const { id, message } = await approved();
  await forge('withdrawal', id, {
    state,
    closed_by: state === 'cancelled' ? 'ada' : null,
    closed_at: state === 'held' ? null : new Date(),
  });
  expect(await refused(message)).toBe('approval-missing');
});

test('without its approval, with another’s, with fewer people than the amount takes', async () => {
  const { id, message, approvalId } = await approved(coins(20n));
  const twin = await approved(coins(20n));
  expect(await refused({ ...message, approvalId: twin.approvalId ?? '' })).toBe('approval-missing');
  await forge('withdrawal', id, { approval_id: twin.approvalId });
  expect(await refused({ ...message, approvalId: twin.approvalId ?? '' })).toBe('approval-missing');
  await forge('withdrawal', id, { approval_id: approvalId });
  await forge('approval', approvalId ?? '', { state: 'refused' });
  expect(await refused(message)).toBe('approval-missing');
  const two = await approved(coins(31n), { by: ['c1', 'c2'] });
  await chain.admin.transaction(async (trx) => {
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx('approval_decision').where({ approval_id: two.approvalId, actor_id: 'c2' }).delete();
  });
  expect(await refused(two.message)).toBe('approval-missing');
});

test('an approval whose subject was changed under its hash', async () => {
  const { id, message, approvalId } = await approved(coins(20n));
  await forge('withdrawal', id, { amount: coins(22n).toString() });
  const row = await chain.admin('approval').where({ id: approvalId }).first<{ subject: object }>('subject');
  await forge('approval', approvalId ?? '', {
    subject: JSON.stringify({ ...row.subject, amount: coins(22n).toString() }),
  });
  expect(await refused({ ...message, value: attoText(coins(22n)) })).toBe('approval-missing');
});

test('an address that says it is proven, and is not', async () => {
  const { addressId, message } = await approved();
  await forge('withdrawal_address', addressId, { signature: '01'.repeat(66) });
  expect(await refused(message)).toBe('approval-missing');
});

test('an address taken off the list, or still cooling down', async () => {
  const gone = await approved();
  await chain
    .admin('withdrawal_address')
    .where({ id: gone.addressId })
    .update({ state: 'removed', removed_by: 'ada', remove_reason: 'x', closed_at: new Date() });
  expect(await refused(gone.message)).toBe('approval-missing');
  const young = await approved();
  await forge('withdrawal_address', young.addressId, { listed_at: new Date(Date.now() + 3_600_000) });
  expect(await refused(young.message)).toBe('approval-missing');
});

test('money that is not set aside any more', async () => {
  const { id, message } = await approved();
  await chain.app.transaction((trx) =>
    post(trx, {
      ...{ key: `forged/${id}`, kind: 'x', asset: 'FIL', effectiveEpoch: 0, workflowId: 'x' },
      postings: [debit('withdrawal.payable', id, coins(1n)), credit('customer.available', 'ada', coins(1n))],
    }),
  );
  expect(await refused(message)).toBe('approval-missing');
});

test('a policy that changed since it was judged voids it', async () => {
  const { message } = await approved();
  await policy();
  expect(await refused(message)).toBe('approval-changed');
});

test('an approval that has lapsed', async () => {
  const { message, approvalId } = await approved(coins(20n));
  await forge('approval', approvalId ?? '', { closed_at: new Date(Date.now() - 86_400_000) });
  expect(await refused(message)).toBe('approval-changed');
});

test('a miner, where the row says account', async () => {
  const { id, addressId, message } = await approved();
  await forge('withdrawal', id, { address: 'f01000' });
  await forge('withdrawal_address', addressId, { address: 'f01000' });
  expect(await refused({ ...message, to: 'f01000' })).toBe('address-not-payable');
});

describe('raced: one commits first and the other sees it', () => {
  /** Until so many wait for a lock, or the signer has answered. */
  async function waiting(
    many: number,
    signing: Promise<unknown> = new Promise(() => undefined),
  ): Promise<void> {
    let answered = false;
    const note = (): void => {
      answered = true;
    };
    signing.then(note, note);
    const sql = `SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const probe = async (): Promise<true | undefined> => {
      const { rows: found } = await chain.admin.raw<{ rows: { n: string }[] }>(sql);
      return answered || Number(found[0]?.n) >= many ? true : undefined;
    };
    await waitFor(probe, { what: `${many} waiting`, timeoutMs: 30_000, everyMs: 20 });
  }

  test('by its cancellation, which looked before there was a message: never signed and given back', async () => {
    const { id, message } = await approved();
    const busy = await chain.admin.transaction();
    await busy.raw(`SELECT FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id
      WHERE a.code = 'customer.available' AND a.owner = 'ada' FOR UPDATE OF b`);
    const gone = { withdrawalId: id, state: 'cancelled', by: 'ada', reason: 'x' } as const;
    const releasing = refusalOf(act.releaseWithdrawal(gone));
    await waiting(1);
    const signing = sign(message);
    await waiting(2, signing);
    await busy.commit();
    expect([await releasing, await signing]).toEqual(['none', 'approval-missing']);
  });

  test('by its address taken off the list, and by a new policy', async () => {
    const { addressId, message } = await approved();
    const removing = await chain.admin.transaction();
    const removed = { state: 'removed', removed_by: 'ada', remove_reason: 'x', closed_at: new Date() };
    await removing('withdrawal_address').where({ id: addressId }).update(removed);
    const signing = sign(message);
    await waiting(1, signing);
    await removing.commit();
    expect(await signing).toBe('approval-missing');

    const judged = await approved();
    const changing = await chain.admin.transaction();
    await makePolicy(changing, ROOM);
    const late = sign(judged.message);
    await waiting(1, late);
    await changing.commit();
    expect(await late).toBe('approval-changed');
  });

  test('a signer that forgot to look: the database keeps no signature of it', async () => {
    const { id, message } = await approved();
    const draft = randomUUID();
    await chain.draft(draft, message);
    await act.releaseWithdrawal({ withdrawalId: id, state: 'failed', reason: 'x' });
    const forgetful = chain.admin.transaction(async (trx) => {
      await trx.raw('SET LOCAL session_replication_role = replica');
      await trx('chain.message').where({ id: draft }).update({ state: 'draft', closed_at: null });
      await trx.raw('SET LOCAL session_replication_role = origin');
      const slot = { sender: chain.hot, nonce: await rows.nextNonce(), message_id: draft };
      await trx('chain.nonce_slot').insert(slot);
      await trx('chain.attempt').insert({
        ...{ ...slot, cid_signed: 's', cid_unsigned: 'u', signed_bytes: Buffer.from([1]), signed_json: {} },
        ...{ gas_limit: 1, fee_cap: '1', premium: '1', created_epoch: 1 },
      });
    });
    await expect(forgetful).rejects.toThrow('may not be paid');
  });
});
