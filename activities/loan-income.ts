/** What a loan's miner holds and earns, task queue `chain`: measured at one finalised tipset, by the keep-back rule. */
import type { Knex } from 'knex';
import { readMiner } from '../chain/miner';
import { disbursementsOf, saveDisbursement, saveSnapshot, type DisbursementRow } from '../db/loan-facts';
import { moveRequest } from '../db/disbursement-request';
import { amendLoan, getLoan, lockLoan, moveLoan } from '../db/loan';
import { addressFrom } from '../domain/address';
import { maturityEpoch } from '../domain/loan';
import { attoFrom, attoText, formatCoins, type AttoText } from '../domain/money';
import type { MinerFacts } from '../domain/preflight';
import { sweepable, sweepRequest, type MinerFunds } from '../domain/sweepable';
import { payoffQuote } from '../db/loan-account';
import { isoOf, policyOf, type LoanDeps } from './loan-deps';
import { finalTipset } from './preflight';
import { refusing } from './refusal';

/** The outcome of our message that a step is recorded for. */
export interface Landed {
  readonly messageId: string;
  readonly cid: string;
  readonly includedEpoch: number;
  readonly executedEpoch: number;
}

export interface Income {
  readonly height: number;
  /** Above the keep-back, atto. */
  readonly income: AttoText;
  /** What a sweep should ask for now; '0' = none. */
  readonly request: AttoText;
  /** What the miner owes the network, atto: it is taken from the balance before a sweep. */
  readonly feeDebt: AttoText;
}

function fundsOf(facts: MinerFacts): MinerFunds {
  return {
    available: BigInt(facts.available),
    pledge: BigInt(facts.initialPledge) + BigInt(facts.preCommitDeposits),
  };
}

function fundsAfter(row: DisbursementRow): MinerFunds {
  return { available: BigInt(row.available_after), pledge: BigInt(row.pledge_after) };
}

interface Sent {
  readonly id: string;
  readonly value: string;
  readonly approval_id: string | null;
  readonly journal_id: number | null;
}

async function sentBy(knex: Knex, messageId: string): Promise<Sent> {
  const row = await knex<Sent>('chain.message')
    .where({ id: messageId })
    .first('id', 'value', 'approval_id', 'journal_id');
  if (!row) throw new Error(`there is no message ${messageId}`);
  return row;
}

interface DisbursementInput {
  readonly loanId: string;
  readonly landed: Landed;
}

/** Numbers the disbursement after those before it; the same message again keeps its number. */
async function keepDisbursement(
  trx: Knex.Transaction,
  { loanId, landed }: DisbursementInput,
  sent: Sent,
  funds: MinerFunds,
): Promise<number> {
  const known = await disbursementsOf(trx, loanId);
  const before = known.find(({ message_id }) => message_id === landed.messageId);
  if (before !== undefined) return before.n;
  const n = known.length + 1;
  await saveDisbursement(trx, {
    loan_id: loanId,
    n,
    amount: sent.value,
    message_id: landed.messageId,
    cid: landed.cid,
    included_epoch: landed.includedEpoch,
    executed_epoch: landed.executedEpoch,
    available_after: funds.available.toString(),
    pledge_after: funds.pledge.toString(),
  });
  return n;
}

async function recordDisbursement(
  deps: LoanDeps,
  input: DisbursementInput,
): Promise<{ n: number; amount: AttoText; dueAt: string | null }> {
  const { knex, lotus } = deps;
  const { loanId, landed } = input;
  const final = await finalTipset(deps, landed.executedEpoch);
  const at = await lotus.tipsetByHeight(landed.executedEpoch, final.key);
  if (at.height !== landed.executedEpoch)
    throw new Error(`epoch ${landed.executedEpoch} executed ${landed.cid} and has no tipset`);
  const facts = await readMiner(lotus, addressFrom((await getLoan(knex, loanId)).miner), at);
  const sent = await sentBy(knex, landed.messageId);
  const { n, maturity } = await knex.transaction(async (trx) => {
    const loan = await lockLoan(trx, loanId);
    await saveSnapshot(trx, facts);
    const number = await keepDisbursement(trx, input, sent, fundsOf(facts));
    const fil = formatCoins(BigInt(sent.value));
    const step = {
      step: number === 1 ? 'disbursed' : `disbursed-${number}`,
      sentence: `${fil} FIL is final in the miner; interest counts from epoch ${landed.includedEpoch}`,
      epoch: landed.includedEpoch,
      messageId: landed.messageId,
      journalId: sent.journal_id ?? undefined,
    };
    if (number > 1) {
      await closeRequest(trx, sent);
      await amendLoan(trx, loanId, step, { committed: false });
      return { n: number, maturity: loan.maturity_epoch };
    }
    const due = maturityEpoch(landed.includedEpoch, loan.term_epochs);
    await moveLoan(trx, loanId, 'active', step, { committed: false, maturity_epoch: due });
    return { n: number, maturity: due };
  });
  const dueAt = maturity === null ? null : await isoOf(lotus, maturity);
  return { n, amount: attoText(BigInt(sent.value)), dueAt };
}

async function closeRequest(trx: Knex.Transaction, { approval_id }: Sent): Promise<void> {
  if (approval_id !== null) await moveRequest(trx, { approval_id, state: 'granted' }, { state: 'disbursed' });
}

interface IncomeInput {
  readonly loanId: string;
  /** Nothing is kept back. */
  readonly released: boolean;
  readonly notBefore: number;
}

async function measureIncome(deps: LoanDeps, { loanId, released, notBefore }: IncomeInput): Promise<Income> {
  const { knex, lotus } = deps;
  const policy = policyOf(deps);
  const loan = await getLoan(knex, loanId);
  const last = (await disbursementsOf(knex, loanId)).at(-1);
  if (!last) throw new Error(`loan ${loanId} has no disbursement`);
  const facts = await readMiner(lotus, addressFrom(loan.miner), await finalTipset(deps, notBefore));
  await keepDailySnapshot(deps, facts);
  const income = sweepable(fundsAfter(last), fundsOf(facts), released);
  const head = await lotus.chainHead();
  const payoff = await payoffQuote(knex, loanId, head.height + policy.payoffAheadEpochs);
  const floor = { income: attoFrom(policy.sweepMinimum), released: attoFrom(policy.releasedMinimum) };
  const request = sweepRequest(income, payoff.debt, released, floor);
  return {
    height: facts.height,
    income: attoText(income),
    request: attoText(request),
    feeDebt: attoText(BigInt(facts.feeDebt)),
  };
}

export function makeLoanIncomeActivities(deps: LoanDeps) {
  return {
    /**
     * The FIL is final in the miner: keeps available balance and pledge of the tipset that executed the message (from
     * them income is measured). The first disbursement sets the maturity and makes the loan active.
     */
    recordDisbursement: refusing((input: DisbursementInput) => recordDisbursement(deps, input)),

    /** When the loan is due now, after its maturity moved. */
    dueTime: refusing(async ({ loanId }: { loanId: string }): Promise<{ dueAt: string | null }> => {
      const { maturity_epoch: due } = await getLoan(deps.knex, loanId);
      return { dueAt: due === null ? null : await isoOf(deps.lotus, due) };
    }),

    /** Which part of the miner's balance a sweep should ask for, read at a finalised tipset. */
    measureIncome: refusing((input: IncomeInput) => measureIncome(deps, input)),
  };
}

async function keepDailySnapshot(deps: LoanDeps, facts: MinerFacts): Promise<void> {
  const { epochSeconds } = await deps.lotus.network();
  const last = await deps
    .knex<{ miner: string; height: number }>('miner_snapshot')
    .where({ miner: facts.miner })
    .max<{ max: number | null }>('height as max')
    .first();
  if (facts.height - (last?.max ?? 0) < 86_400 / epochSeconds) return;
  await deps.knex.transaction((trx) => saveSnapshot(trx, facts));
}
