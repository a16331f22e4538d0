/** Journals of what reached our addresses from outside. One rule a kind of address; the customer's money first. */
import type { Knex } from 'knex';
import { findLoan } from '../db/loan';
import { openTopUpFor, closeTopUp } from '../db/top-up';
import { refillsWaiting } from '../db/custody';
import { closeTransfer, type Arrival, type BookedAs } from '../db/transfer';
import type { AddressKind } from '../db/watched';
import { isOver } from '../domain/loan';
import { credit, debit, type AccountRef, type Journal, type Posting } from '../domain/posting';
import { bookRepayment } from '../ledger/loan';
import { post } from '../ledger/post';
import { workflowIds } from '../workflows/handles';

interface Booked {
  readonly as: BookedAs;
  readonly journalId: number;
  /** Workflows that wait for it. */
  readonly look: readonly string[];
}

/** Books one arrival and closes its row. `source`: 'direct', or 'sweep' where our own message drew it out. */
export async function bookArrival(
  trx: Knex.Transaction,
  arrival: Arrival,
  source: 'direct' | 'sweep',
): Promise<readonly string[]> {
  const booked = await bookByKind(trx, arrival, source);
  await closeTransfer(trx, arrival, booked);
  return booked.look;
}

async function bookByKind(
  trx: Knex.Transaction,
  arrival: Arrival,
  source: 'direct' | 'sweep',
): Promise<Booked> {
  const { toKind, ownerKind, ownerId } = arrival;
  const cold = await coldSource(trx, arrival.from);
  if (cold !== null) return bookRefill(trx, arrival, cold);
  if (toKind === 'deposit' && ownerKind === 'customer' && ownerId !== null)
    return bookDeposit(trx, arrival, ownerId);
  if ((toKind === 'escrow' || toKind === 'repayment') && ownerKind === 'loan' && ownerId !== null)
    return bookForLoan(trx, arrival, ownerId, source);
  if (toKind === 'hot') return bookAtHotWallet(trx, arrival);
  return bookSuspense(trx, arrival);
}

/** The cold address that it came from, by either of its spellings; null where it came from anybody else. */
async function coldSource(trx: Knex.Transaction, from: string): Promise<string | null> {
  const rows = await trx<{ address: string; id_address: string | null; kind: string }>('chain.address')
    .where({ kind: 'cold' })
    .select('address', 'id_address');
  const found = rows.find(
    ({ address, id_address: id }) => address.slice(1) === from.slice(1) || id?.slice(1) === from.slice(1),
  );
  return found?.address ?? null;
}

/** From our cold address, where that is a multisig: ours on both sides. */
async function bookRefill(trx: Knex.Transaction, arrival: Arrival, cold: string): Promise<Booked> {
  const workflowId = workflowIds.chainWatch();
  const journalId = await postArrival(trx, arrival, {
    kind: 'refill',
    key: `${workflowId}/refill-${arrival.cid}-${arrival.index}`,
    workflowId,
    to: credit('custody.cold', cold, arrival.value),
  });
  return { as: 'refill', journalId, look: await refillsWaiting(trx) };
}

function custody(arrival: Arrival): AccountRef {
  return { code: `custody.${kindOf(arrival)}`, owner: arrival.to };
}

function kindOf({ toKind }: Arrival): AddressKind {
  const kinds: readonly AddressKind[] = ['deposit', 'hot', 'escrow', 'repayment', 'cold'];
  const kind = kinds.find((one) => one === toKind);
  if (kind === undefined) throw new Error(`an address of kind ${toKind}`);
  return kind;
}

/** D custody(the address) C `to`, with the epochs of the chain event. */
async function postArrival(
  trx: Knex.Transaction,
  arrival: Arrival,
  entry: { kind: string; key: string; workflowId: string; to: Posting; approvalId?: string },
): Promise<number> {
  const { code, owner } = custody(arrival);
  const journal: Journal = {
    key: entry.key,
    kind: entry.kind,
    asset: 'FIL',
    postings: [debit(code, owner, arrival.value), entry.to],
    effectiveEpoch: arrival.includedEpoch,
    executedEpoch: arrival.executedEpoch,
    workflowId: entry.workflowId,
    messageCid: arrival.cid,
    ...(entry.approvalId === undefined ? {} : { approvalId: entry.approvalId }),
  };
  return (await post(trx, journal)).journalId;
}

async function bookDeposit(trx: Knex.Transaction, arrival: Arrival, customerId: string): Promise<Booked> {
  const workflowId = workflowIds.deposit(arrival.cid, arrival.index);
  const journalId = await postArrival(trx, arrival, {
    kind: 'deposit',
    key: `${workflowId}/credit`,
    workflowId,
    to: credit('customer.available', customerId, arrival.value),
  });
  return { as: 'deposit', journalId, look: [workflowId] };
}

/** Nobody announced it, or nobody is owed it: held until a person says whose it is. */
async function bookSuspense(trx: Knex.Transaction, arrival: Arrival): Promise<Booked> {
  const workflowId = workflowIds.chainWatch();
  const journalId = await postArrival(trx, arrival, {
    kind: 'suspense',
    key: `${workflowId}/suspense-${arrival.cid}-${arrival.index}`,
    workflowId,
    to: credit('suspense.unidentified', '', arrival.value),
  });
  return { as: 'suspense', journalId, look: [] };
}

/** Our own FIL, announced and approved, from the sender and in the amount announced; else suspense. */
async function bookAtHotWallet(trx: Knex.Transaction, arrival: Arrival): Promise<Booked> {
  const topUp = await openTopUpFor(trx, arrival);
  if (topUp === null) return bookSuspense(trx, arrival);
  const workflowId = workflowIds.topUp(topUp.id);
  const journalId = await postArrival(trx, arrival, {
    kind: 'top-up',
    key: `${workflowId}/arrived`,
    workflowId,
    to: credit('equity', '', arrival.value),
    approvalId: topUp.approvalId,
  });
  await closeTopUp(trx, topUp.id, { cid: arrival.cid, index: arrival.index, journalId });
  return { as: 'top-up', journalId, look: [workflowId] };
}

/** Whatever reaches a live loan's address repays it, whoever sent it; over the debt is the borrower's; later suspense. */
async function bookForLoan(
  trx: Knex.Transaction,
  arrival: Arrival,
  loanId: string,
  source: 'direct' | 'sweep',
): Promise<Booked> {
  const loan = await findLoan(trx, loanId);
  if (loan === null || isOver(loan.state)) return bookSuspense(trx, arrival);
  const workflowId = workflowIds.loan(loanId);
  const step = `${arrival.cid}-${arrival.index}`;
  const lent: unknown = await trx('loan_account').where({ loan_id: loanId }).first('loan_id');
  if (lent === undefined) {
    const journalId = await postArrival(trx, arrival, {
      kind: 'excess',
      key: `${workflowId}/excess-${step}`,
      workflowId,
      to: credit('customer.available', loan.borrower_id, arrival.value),
    });
    return { as: 'excess', journalId, look: [workflowId] };
  }
  const { journalId } = await bookRepayment(trx, {
    loanId,
    borrowerId: loan.borrower_id,
    amount: arrival.value,
    includedEpoch: arrival.includedEpoch,
    executedEpoch: arrival.executedEpoch,
    messageCid: arrival.cid,
    custody: custody(arrival),
    source,
    key: `${workflowId}/repayment-${step}`,
    workflowId,
  });
  return { as: 'repayment', journalId, look: [workflowId] };
}
