/** What may be said to a loan's workflow, and what it answers. Free of side effects: the API imports it too. */
import { defineUpdate } from '@temporalio/workflow';
import type { LoanState } from '../domain/loan';
import type { LendingTerms } from '../domain/loan-terms';
import type { AttoText } from '../domain/money';
import type { Actor, HelpRequest } from './handles';

/** Workflow id of the challenge that precedes a loan; the loan itself is `workflowIds.loan`. */
export function challengeWorkflowId(loanId: string): string {
  return `challenge/${loanId}`;
}

export interface ChallengeInput {
  readonly loanId: string;
  readonly customerId: string;
  /** As the customer wrote it. */
  readonly miner: string;
}

/** What the miner's owner signs, as `lotus wallet sign` does. */
export interface Challenge {
  readonly loanId: string;
  readonly text: string;
  readonly nonce: string;
  /** Last epoch at which an application with this proof is taken. */
  readonly expiryEpoch: number;
}

export interface LoanApplication {
  readonly borrowerId: string;
  /** As the customer wrote it. */
  readonly miner: string;
  readonly amount: AttoText;
  readonly termEpochs: number;
  readonly poolId: string;
  /** `signature` in hex as `lotus wallet sign` prints it: type byte, then the signature. */
  readonly proof: { readonly address: string; readonly signature: string };
}

export interface LoanTaken {
  readonly id: string;
  readonly state: LoanState;
}

/** The customer applies; sent together with the start. A refusal leaves nothing behind and ends the workflow. */
export const applyForLoan = defineUpdate<LoanTaken, [LoanApplication]>('applyForLoan');

export interface ForwardRequest extends HelpRequest {
  /** What it is lent on; absent: the pool's rate, no fee, no penalty. */
  readonly terms?: LendingTerms | undefined;
}

/** The maker passes the application on to the checkers, with the terms that they decide on. */
export const forwardLoan = defineUpdate<LoanTaken, [ForwardRequest]>('forwardLoan');

export interface RepayRequest {
  readonly actor: Actor;
}

/** The borrower asks to repay from the miner's balance: from then on nothing is kept back. */
export const repayFromMiner = defineUpdate<LoanTaken, [RepayRequest]>('repayFromMiner');

export interface ExtensionRequest {
  readonly actor: Actor;
  readonly reason: string;
  /** The maturity that the loan shall have. */
  readonly maturityEpoch: number;
}

export interface TermsAsked {
  readonly id: string;
  readonly approvalId: string;
}

/** A maker says that the condition of the next disbursement is met, and how; a different person decides. */
export const disburseNext = defineUpdate<TermsAsked, [HelpRequest]>('disburseNext');

/** A maker asks to move the maturity, before or after it has passed; a different person decides. */
export const extendLoan = defineUpdate<TermsAsked, [ExtensionRequest]>('extendLoan');
