/** Journals of messages that left our addresses: the gas always, the value where the exit code was 0. */
import type { Knex } from 'knex';
import { closeMessage, freezeSender, type OwnMessage } from '../db/inclusion';
import { refillsWaiting } from '../db/custody';
import { noteFinding } from '../db/tipset';
import { custodyOf } from '../db/watched';
import { credit, debit, type Journal, type Posting } from '../domain/posting';
import { atto } from '../domain/money';
import { bookDisbursement } from '../ledger/loan';
import { post } from '../ledger/post';
import { bookWithdrawal } from '../ledger/withdrawal';
import { workflowIds } from '../workflows/handles';
import { bookArrival } from './booking-arrival';
import { directTransfer, landingOf, type Sent } from './booking-event';
import type { Plan } from './booking-plan';

/** Books a message from one of our addresses, ours or not; gives the workflows that wait for it. */
export async function bookSent(trx: Knex.Transaction, plan: Plan, sent: Sent): Promise<readonly string[]> {
  if (sent.own !== null) return bookOwn(trx, plan, sent, sent.own);
  return isRefill(plan, sent) ? bookRefill(trx, plan, sent) : bookForeign(trx, plan, sent);
}

async function postSent(
  trx: Knex.Transaction,
  plan: Plan,
  sent: Sent,
  entry: { kind: string; key: string; workflowId: string; postings: readonly Posting[] },
): Promise<number> {
  const journal: Journal = {
    ...entry,
    asset: 'FIL',
    effectiveEpoch: plan.includedEpoch,
    executedEpoch: plan.tipset.height,
    messageCid: sent.executed.cid,
  };
  return (await post(trx, journal)).journalId;
}

async function bookGas(
  trx: Knex.Transaction,
  plan: Plan,
  sent: Sent,
  workflowId: string,
  step: string,
): Promise<number> {
  const { code, owner } = custodyOf(sent.from);
  return postSent(trx, plan, sent, {
    kind: 'gas',
    key: `${workflowId}/${step}`,
    workflowId,
    postings: [debit('gas.expense', '', sent.gas), credit(code, owner, sent.gas)],
  });
}

async function bookOwn(
  trx: Knex.Transaction,
  plan: Plan,
  sent: Sent,
  own: OwnMessage,
): Promise<readonly string[]> {
  const workflowId = workflowIds.message(own.id);
  const look = [workflowId];
  if (own.subjectKind === 'loan') look.push(workflowIds.loan(own.subjectId));
  const gasJournal = await bookGas(trx, plan, sent, workflowId, 'gas');
  const moved = await bookMoved(trx, plan, sent, own);
  for (const arrival of sent.arrivals) look.push(...(await bookArrival(trx, arrival, 'sweep')));
  const booked = { gas: sent.gas, journalId: moved ?? gasJournal };
  await closeMessage(trx, landingOf(plan, sent.executed, own.id), booked);
  return look;
}

/** The journal of the value, where any moved. */
async function bookMoved(
  trx: Knex.Transaction,
  plan: Plan,
  sent: Sent,
  own: OwnMessage,
): Promise<number | null> {
  const transfer = directTransfer(sent.executed);
  if (transfer === null) return null;
  const workflowId = workflowIds.message(own.id);
  const amount = atto(transfer.value);
  const from = custodyOf(sent.from);
  const to = plan.list.find(transfer.to);
  if (to !== null) {
    const into = custodyOf(to);
    return postSent(trx, plan, sent, {
      kind: own.kind,
      key: `${workflowId}/moved`,
      workflowId,
      postings: [debit(into.code, into.owner, amount), credit(from.code, from.owner, amount)],
    });
  }
  const landed = {
    includedEpoch: plan.includedEpoch,
    executedEpoch: plan.tipset.height,
    messageCid: sent.executed.cid,
    custody: from,
    workflowId,
  };
  if (own.kind === 'withdraw') return bookWithdrawal(trx, { ...landed, withdrawalId: own.subjectId });
  if (own.kind !== 'disburse' || own.subjectKind !== 'loan')
    throw new Error(`message ${own.id} (${own.kind}) sent ${amount} attoFIL to ${own.to}, which is not ours`);
  const { journalId } = await bookDisbursement(trx, {
    ...landed,
    loanId: own.subjectId,
    amount,
    key: `${workflowId}/disbursement`,
  });
  return journalId;
}

/** From the cold address, whose key people hold elsewhere, to an address of ours, or to nobody. */
function isRefill({ list }: Plan, { from, executed }: Sent): boolean {
  const transfer = directTransfer(executed);
  return from.kind === 'cold' && (transfer === null || list.find(transfer.to) !== null);
}

async function bookRefill(trx: Knex.Transaction, plan: Plan, sent: Sent): Promise<readonly string[]> {
  const workflowId = workflowIds.chainWatch();
  const { cid } = sent.executed;
  await bookGas(trx, plan, sent, workflowId, `cold-gas-${cid}`);
  const transfer = directTransfer(sent.executed);
  const to = transfer === null ? null : plan.list.find(transfer.to);
  if (transfer !== null && to !== null) {
    const [from, into] = [custodyOf(sent.from), custodyOf(to)];
    const amount = atto(transfer.value);
    await postSent(trx, plan, sent, {
      kind: 'refill',
      key: `${workflowId}/refill-${cid}`,
      workflowId,
      postings: [debit(into.code, into.owner, amount), credit(from.code, from.owner, amount)],
    });
  }
  const look = [...(await refillsWaiting(trx))];
  for (const arrival of sent.arrivals) look.push(...(await bookArrival(trx, arrival, 'direct')));
  return look;
}

/**
 * Somebody else holds a key of ours. The books follow the chain (what left is a loss until a person finds better),
 * the sender is frozen, and the finding stands on the home screen.
 */
async function bookForeign(trx: Knex.Transaction, plan: Plan, sent: Sent): Promise<readonly string[]> {
  const workflowId = workflowIds.chainWatch();
  const { cid, message } = sent.executed;
  await bookGas(trx, plan, sent, workflowId, `foreign-gas-${cid}`);
  const transfer = directTransfer(sent.executed);
  if (transfer !== null) {
    const to = plan.list.find(transfer.to);
    const into = to === null ? ({ code: 'writeoff.expense', owner: '' } as const) : custodyOf(to);
    const from = custodyOf(sent.from);
    const amount = atto(transfer.value);
    await postSent(trx, plan, sent, {
      kind: 'foreign-message',
      key: `${workflowId}/foreign-${cid}`,
      workflowId,
      postings: [debit(into.code, into.owner, amount), credit(from.code, from.owner, amount)],
    });
  }
  const reason = `Message ${cid} used nonce ${message.nonce} of ${sent.from.address}; we did not sign it.`;
  await noteFinding(trx, {
    kind: 'foreign-message',
    subject: cid,
    epoch: plan.tipset.height,
    sentence: reason,
  });
  const blocked = await freezeSender(trx, { from: sent.from.address, nonce: message.nonce, reason });
  const look: string[] = blocked === null ? [] : [workflowIds.message(blocked)];
  for (const arrival of sent.arrivals) look.push(...(await bookArrival(trx, arrival, 'direct')));
  return look;
}
