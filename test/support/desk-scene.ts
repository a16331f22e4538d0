/**
 * A desk with something of everything: lanes of messages that landed, were replaced, hang and fail; arrivals before
 * and after a reorg; a finding, a frozen sender, loans in three states, repayments. Written by the owner of the
 * tables, for tests of what is read from them; triggers and constraints hold here too.
 */
import type { Knex } from 'knex';
import { atto } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { SCENE } from './desk';
import { paintLanes } from './desk-lane';

const BORROWER = 'scene-borrower';
const ONE = 10n ** 18n;

async function paintArrivals(db: Knex, head: number): Promise<void> {
  const arrival = (cid: string, more: Record<string, unknown>) =>
    db('watch.transfer').insert({
      cid,
      idx: 0,
      to_address: 'f1scenedeposit',
      to_kind: 'deposit',
      owner_kind: 'customer',
      owner_id: BORROWER,
      from_address: 'f1scenesender',
      value: (25n * ONE).toString(),
      message_from: 'f1scenesender',
      message_nonce: 1,
      included_epoch: head - 3,
      executed_epoch: head - 2,
      executed_key: 'scene',
      place: 0,
      state: 'seen',
      // Nobody else opens it: these are read only.
      opened_at: db.fn.now(),
      ...more,
    });
  await arrival('bafyscenecomes', {});
  await arrival('bafyscenegone', {});
  await arrival('bafysceneback', {});
  // The reorg takes two back; one comes again.
  await db('watch.transfer').whereIn('cid', ['bafyscenegone', 'bafysceneback']).update({ state: 'orphaned' });
  await db('watch.transfer').where({ cid: 'bafysceneback' }).update({ state: 'seen' });
  await db('watch.finding').insert({
    kind: 'unexplained-balance',
    subject: SCENE.frozen,
    epoch: head - 5,
    sentence: 'The escrow holds 1 FIL more than its journals say.',
  });
}

async function paintLoans(db: Knex, head: number): Promise<void> {
  await db('registration').insert({ email: 'scene@example.com', customer_id: BORROWER });
  await db('customer').insert({
    id: BORROWER,
    email: 'scene@example.com',
    state: 'open',
    opened_at: db.fn.now(),
  });
  const loans: readonly (readonly [id: string, state: string, way: readonly string[]])[] = [
    [
      SCENE.overdue,
      'overdue',
      [
        'applied',
        'preflight',
        'in_approval',
        'approved',
        'escrow_offered',
        'escrow_proposed',
        'escrow_confirmed',
      ].concat(['disbursing', 'active', 'overdue']),
    ],
    [SCENE.offered, 'escrow_offered', ['applied', 'preflight', 'in_approval', 'approved', 'escrow_offered']],
    [
      SCENE.returned,
      'returning',
      [
        'applied',
        'preflight',
        'in_approval',
        'approved',
        'escrow_offered',
        'escrow_proposed',
        'escrow_confirmed',
      ].concat(['returning']),
    ],
  ];
  for (const [index, [id, state, way]] of loans.entries()) {
    const miner = `f0900${index}`;
    await db('owner_challenge').insert({
      loan_id: id,
      customer_id: BORROWER,
      miner,
      nonce: id,
      text: id,
      expiry_epoch: head + 100,
    });
    await db('loan').insert({
      id,
      borrower_id: BORROWER,
      miner,
      amount: (500n * ONE).toString(),
      term_epochs: 1000,
      pool_id: 'flexible',
      bucket: 'standard',
      state,
      proof_address: 'f1scene',
      proof_signature: '00',
      owner_before: 'f0100',
      escrow_address: `f1escrow${index}`,
      escrow_id_address: `f0950${index}`,
      repayment_address: `f1repay${index}`,
      offer_deadline_epoch: head + 500,
      maturity_epoch: state === 'overdue' ? head - 10 : null,
    });
    for (const [seq, entered] of way.entries())
      await db('loan_step').insert({
        loan_id: id,
        seq: seq + 1,
        step: `scene-${entered}`,
        state: entered,
        epoch: head - 100 + seq,
        sentence: `The loan is ${entered.replaceAll('_', ' ')}`,
        message_id: entered === 'escrow_confirmed' && id === SCENE.overdue ? 'scene-esc-0' : null,
      });
  }
}

/** A journal and its reversal: what repayments can name, and the books stay what they were. */
async function journalOf(db: Knex, hot: string): Promise<number> {
  const postings = [debit('custody.hot', hot, atto(ONE)), credit('equity', '', atto(ONE))];
  const common = { kind: 'repayment', asset: 'FIL', effectiveEpoch: 0, workflowId: 'scene' } as const;
  return db.transaction(async (trx) => {
    const { journalId } = await post(trx, { ...common, key: 'scene/1', postings });
    const back = [debit('equity', '', atto(ONE)), credit('custody.hot', hot, atto(ONE))];
    await post(trx, { ...common, key: 'scene/2', postings: back });
    return journalId;
  });
}

/** Two payments on the overdue loan: one within the debt, one with an excess. */
async function paintRepayments(db: Knex, head: number, journalId: number): Promise<void> {
  await db('loan_account').insert({ loan_id: SCENE.overdue, pool_id: 'flexible', bucket: 'standard' });
  const paid = (n: number, source: string, parts: { interest: bigint; principal: bigint; excess: bigint }) =>
    db('repayment').insert({
      key: `scene/${n}`,
      loan_id: SCENE.overdue,
      source,
      amount: (parts.interest + parts.principal + parts.excess).toString(),
      interest: parts.interest.toString(),
      principal: parts.principal.toString(),
      excess: parts.excess.toString(),
      debt_after: (300n * ONE).toString(),
      included_epoch: head - 20 + n,
      executed_epoch: head - 19 + n,
      journal_id: journalId,
      message_cid: `bafysceneRepay${n}`,
      workflow_id: 'scene',
    });
  await paid(1, 'sweep', { interest: 3n * ONE, principal: 97n * ONE, excess: 0n });
  await paid(2, 'direct', { interest: ONE / 7n, principal: 100n * ONE, excess: ONE / 3n });
}

/** Paints the scene at the cursor's head; gives the hot wallet whose lane it is. */
export async function paintDesk(db: Knex): Promise<{ readonly hot: string; readonly head: number }> {
  const cursor = await db<{ head: number }>('watch.cursor').first('head');
  if (!cursor) throw new Error('chain-watch has not begun');
  const { head } = cursor;
  const hot = await paintLanes(db, head);
  await paintArrivals(db, head);
  await paintLoans(db, head);
  await paintRepayments(db, head, await journalOf(db, hot));
  return { hot, head };
}
