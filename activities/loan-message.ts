/** The on-chain messages of a loan, as drafts for workflows/send: who pays whom, by which method. Task queue `chain`. */
import type { Knex } from 'knex';
import { METHOD, changeOwnerParams, withdrawBalanceParams } from '../chain/method';
import { amendLoan, getLoan, moveLoan, type LoanRow } from '../db/loan';
import { latestTerms } from '../db/loan-terms';
import { addressFrom } from '../domain/address';
import { numbered } from '../domain/disbursement';
import { attoFrom, attoText, formatCoins, type AttoText } from '../domain/money';
import { isoOf, policyOf, type LoanDeps } from './loan-deps';
import { refusing } from './refusal';

export type LoanMessageKind = 'fund' | 'owner-confirm' | 'disburse' | 'withdraw-balance' | 'owner-propose';

/** The fields of workflows' MessageInput that depend on the loan. */
export interface MessageDraft {
  readonly id: string;
  readonly kind: LoanMessageKind | 'return';
  readonly from: string;
  readonly to: string;
  readonly value: AttoText | 'everything';
  readonly method: number;
  /** Base64 of the CBOR, or null. */
  readonly params: string | null;
  readonly subjectKind: 'loan';
  readonly subjectId: string;
  readonly summary: string;
  readonly approvalId?: string;
  /** Give up where the chain says that it would fail. */
  readonly failFast?: boolean;
  /** Give up what so many tries could not sign. */
  readonly tries?: number;
}

export interface PlanInput {
  readonly loanId: string;
  readonly kind: LoanMessageKind;
  /** Tells apart the messages of one kind: sweep 3, the second try of a disbursement. */
  readonly n: number;
  /** Asked of the miner by a withdrawal, or lent by a disbursement after the first: atto. */
  readonly amount?: AttoText;
  /** Of a disbursement after the first; the loan's own for the first. */
  readonly approvalId?: string;
}

const ZERO = attoText(0n);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function known<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`the loan has no ${name} yet`);
  return value;
}

async function hotAddress(knex: Knex): Promise<string> {
  const row = await knex<{ address: string; kind: string }>('chain.address')
    .where({ kind: 'hot' })
    .first('address');
  if (!row) throw new Error('there is no hot wallet yet: the signer makes it at its first start');
  return row.address;
}

async function firstAmount(knex: Knex, loan: LoanRow): Promise<AttoText> {
  const { plan } = await latestTerms(knex, loan.id);
  return numbered(plan, BigInt(loan.amount))[0].amount;
}

type Call = Pick<
  MessageDraft,
  'from' | 'to' | 'value' | 'method' | 'params' | 'summary' | 'approvalId' | 'failFast' | 'tries'
>;

function escrowCall(loan: LoanRow, method: number, params: Uint8Array, summary: string): Call {
  const from = known(loan.escrow_address, 'escrow address');
  return { from, to: loan.miner, value: ZERO, method, params: base64(params), summary };
}

/**
 * How often a disbursement is tried: about an hour. The first is planned anew then, once its miner passed again. One after
 * the first is given back: its loan runs, and nobody looks after it meanwhile; its income may be what those wait for who
 * are paid before it (`redemptions-waiting`).
 */
const DISBURSEMENT_TRIES = 6;

async function callOf(deps: LoanDeps, loan: LoanRow, input: PlanInput): Promise<Call> {
  switch (input.kind) {
    case 'fund':
      return {
        from: await hotAddress(deps.knex),
        to: known(loan.escrow_address, 'escrow address'),
        value: policyOf(deps).escrowGas,
        method: METHOD.send,
        params: null,
        summary: `Fund the escrow address of loan ${loan.number}: it makes its ID and pays for its messages`,
      };
    case 'owner-confirm': {
      const params = changeOwnerParams(addressFrom(known(loan.escrow_id_address, 'escrow ID')));
      const summary = `Take the owner role of miner ${loan.miner} into escrow`;
      // It fails where the borrower took the proposal back: then the offer simply stands again.
      return { ...escrowCall(loan, METHOD.changeOwner, params, summary), failFast: true };
    }
    case 'owner-propose': {
      const params = changeOwnerParams(addressFrom(known(loan.owner_before, 'owner')));
      return escrowCall(
        loan,
        METHOD.changeOwner,
        params,
        `Propose ${loan.owner_before ?? ''} as owner of ${loan.miner} again`,
      );
    }
    case 'withdraw-balance': {
      const amount = attoFrom(input.amount ?? '');
      const params = withdrawBalanceParams(amount);
      const summary = `Sweep ${formatCoins(amount)} FIL of the balance of miner ${loan.miner}`;
      // What the miner would refuse (early terminations pending) costs no gas every time we look; and while gas is too
      // dear the loan goes on: payments settle it, its maturity passes.
      const call = escrowCall(loan, METHOD.withdrawBalance, params, summary);
      return { ...call, failFast: true, tries: 1 };
    }
    case 'disburse': {
      const value = input.amount ?? (await firstAmount(deps.knex, loan));
      return {
        from: await hotAddress(deps.knex),
        to: loan.miner,
        value,
        method: METHOD.send,
        params: null,
        summary: `Lend ${formatCoins(attoFrom(value))} FIL into miner ${loan.miner}`,
        approvalId: input.approvalId ?? known(loan.approval_id, 'approval'),
        tries: DISBURSEMENT_TRIES,
      };
    }
  }
}

async function offerEscrow(
  deps: LoanDeps,
  { loanId, n }: { loanId: string; n: number },
): Promise<{ escrow: string; dueAt: string } | null> {
  const { knex, lotus } = deps;
  const loan = await getLoan(knex, loanId);
  const address = known(loan.escrow_address, 'escrow address');
  const row = await knex<{ address: string; id_address: string | null }>('chain.address')
    .where({ address })
    .first('id_address');
  const escrow = row?.id_address ?? null;
  if (escrow === null) return null;
  const head = await lotus.chainHead();
  const deadline = head.height + policyOf(deps).offerEpochs;
  const sentence = `Escrow ${escrow} is final and waits until epoch ${deadline} to be proposed as owner`;
  const step = { step: `escrow-offered-${n}`, sentence, epoch: head.height };
  const patch = { escrow_id_address: escrow, offer_deadline_epoch: deadline };
  await knex.transaction((trx) => moveLoan(trx, loanId, 'escrow_offered', step, patch));
  return { escrow, dueAt: await isoOf(lotus, deadline) };
}

export function makeLoanMessageActivities(deps: LoanDeps) {
  const { knex, lotus } = deps;
  return {
    /** Drafts one message of the loan; the same step and number is the same message for ever. */
    planLoanMessage: refusing(async (input: PlanInput): Promise<MessageDraft> => {
      const loan = await getLoan(knex, input.loanId);
      const call = await callOf(deps, loan, input);
      const id = `${loan.id}-${input.kind}-${input.n}`;
      return { id, kind: input.kind, subjectKind: 'loan', subjectId: loan.id, ...call };
    }),

    /** Drafts the way home of what is left on the loan's own addresses; those with next to nothing are left alone. */
    planLoanReturns: refusing(async (input: { loanId: string }): Promise<MessageDraft[]> => {
      const loan = await getLoan(knex, input.loanId);
      const drafts: MessageDraft[] = [];
      // sending everything leaves the highest fee behind
      const floor = deps.config.lotus.maxFee + attoFrom(policyOf(deps).returnMinimum);
      for (const [name, address] of [
        ['escrow', loan.escrow_address],
        ['repayment', loan.repayment_address],
      ] as const) {
        if (address === null) continue;
        const balance = await lotus.walletBalance(addressFrom(address));
        if (balance < floor) continue;
        drafts.push({
          id: `${loan.id}-return-${name}`,
          kind: 'return',
          from: address,
          to: await hotAddress(knex),
          value: 'everything',
          method: METHOD.send,
          params: null,
          subjectKind: 'loan',
          subjectId: loan.id,
          summary: `Bring what is left on the ${name} address of loan ${loan.number} back to the hot wallet`,
        });
      }
      return drafts;
    }),

    /** Keeps the addresses that the signer derived for the loan. */
    noteLoanAddresses: refusing(
      async (input: { loanId: string; escrow: string; repayment: string }): Promise<void> => {
        await knex.transaction(async (trx) => {
          const step = {
            step: 'addresses',
            sentence: 'The signer derived an escrow and a repayment address for this loan alone',
          };
          const patch = { escrow_address: input.escrow, repayment_address: input.repayment };
          await amendLoan(trx, input.loanId, step, patch);
        });
      },
    ),

    /**
     * Shows the escrow's ID to the borrower, once the message that made it is final.
     * @returns null while the ID is not final
     */
    offerEscrow: refusing((input: { loanId: string; n: number }) => offerEscrow(deps, input)),
  };
}
