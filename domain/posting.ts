/** Journals as data: who builds one says what moves; ledger/post.ts alone writes it. */
import type { Atto } from './money';

export type Asset = 'FIL' | 'HSM';

/** The chart of accounts (design 4). D = debit-normal, C = credit-normal. */
export const CHART = {
  'custody.deposit': 'D',
  'custody.repayment': 'D',
  'custody.hot': 'D',
  'custody.escrow': 'D',
  'custody.cold': 'D',
  'loan.principal': 'D',
  'pool.interest': 'D',
  'gas.expense': 'D',
  'writeoff.expense': 'D',
  'customer.available': 'C',
  'pool.depositors': 'C',
  'pool.reserve': 'C',
  'round.subscribed': 'C',
  'round.payable': 'C',
  'redemption.payable': 'C',
  'withdrawal.payable': 'C',
  'suspense.unidentified': 'C',
  'fee.income': 'C',
  equity: 'C',
  'hsm.supply': 'D',
  'hsm.treasury': 'C',
  'customer.hsm': 'C',
} as const;

export type AccountCode = keyof typeof CHART;

/**
 * One account: its code and its owner — a custody address as printed, a customer, pool or loan id,
 * or '' where the platform has one account of that code.
 */
export interface AccountRef {
  readonly code: AccountCode;
  readonly owner: string;
}

export interface Posting {
  readonly account: AccountRef;
  readonly side: 'debit' | 'credit';
  readonly amount: Atto;
}

export interface Journal {
  /** Unique for ever: `<workflowId>/<step>`. The same key with other content is refused. */
  readonly key: string;
  /** What happened, in one word of the product: 'deposit', 'sweep', 'subscription', 'disbursement'… */
  readonly kind: string;
  readonly asset: Asset;
  readonly postings: readonly Posting[];
  /** From when it counts for interest. */
  readonly effectiveEpoch: number;
  /** Chain events: the tipset that executed the message. */
  readonly executedEpoch?: number;
  readonly workflowId: string;
  readonly approvalId?: string;
  readonly messageCid?: string;
  readonly reversesId?: number;
  /** The pool whose state this journal moves; in the order of these journals the pool can be recomputed. */
  readonly poolId?: string;
  /** The loan that it lends to or that repays. */
  readonly loanId?: string;
  /** 'posted' where absent. A hold ('pending') is settled or voided once, by the journal that names its key. */
  readonly phase?: 'posted' | 'pending' | 'post_pending' | 'void_pending';
  readonly pendingKey?: string;
}

/** A debit of `amount` atto to the account. */
export function debit(code: AccountCode, owner: string, amount: Atto): Posting {
  return { account: { code, owner }, side: 'debit', amount };
}

/** A credit of `amount` atto to the account. */
export function credit(code: AccountCode, owner: string, amount: Atto): Posting {
  return { account: { code, owner }, side: 'credit', amount };
}
