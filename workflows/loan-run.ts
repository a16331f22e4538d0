/** What every stage of a loan works with: its state in one argument, its activities, and the ways to wait. */
import { condition, proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { makeLoanActivities } from '../activities/loan';
import type { makeLoanChainActivities } from '../activities/loan-chain';
import type { SendMailInput } from '../activities/mail';
import type { makePostActivities } from '../activities/mail-post';
import type { LoanState } from '../domain/loan';
import type { AttoText } from '../domain/money';
import { SA, workflowIds, type HelpRequest } from './handles';
import type { HelpAsked } from './help';
import { clearNeed, patientOf } from './loan-help';
import { OPTIONS } from './options';
import { PATIENCE, persistent } from './persist';

/** What a maker asked for and another person decides. */
export interface Ask {
  readonly kind: 'loan-extension' | 'loan-disbursement';
  readonly approvalId: string;
  readonly makerId: string;
  open: boolean;
}

/** A loan as its workflow knows it; handed whole to the next run. */
export interface LoanRun {
  readonly loanId: string;
  /** 'new' until the application was taken; 'refused' where it was not. */
  state: LoanState | 'new' | 'refused';
  taken: {
    readonly borrowerId: string;
    readonly miner: string;
    readonly amount: string;
    readonly termEpochs: number;
    readonly poolId: string;
  } | null;
  pollMs: number;
  decisionDays: number;
  /** The borrower's owner as an ID address. */
  owner: string | null;
  reportHash: string | null;
  approvalId: string | null;
  makerId: string | null;
  /** A person of staff asked to end the loan before anything is lent. */
  cancel: HelpRequest | null;
  needsAction: string | null;
  /** What threatens the collateral and nobody has acknowledged; nothing waits for it. */
  threat: string | null;
  /** While `needsAction` stands: trying again sends FIL; the loan may be ended here though its state says no. */
  retryMovesMoney: boolean;
  mayRelease: boolean;
  /** Help that was asked for and waits for a second person. */
  helpAsked: HelpAsked | null;
  /** The cancellation is being carried out. */
  ending: boolean;
  /** When the offer, or the loan, runs out. */
  dueAt: string | null;
  repayAsked: boolean;
  /** How the loan ends, once it is on its way back. */
  outcome: string | null;
  /** Messages sent so far, by kind; numbers them. */
  readonly sent: Record<string, number>;
  helps: number;
  offers: number;
  /** Changes of the terms that staff asked for; decided ones stay, so that a second decision meets its own refusal. */
  readonly asks: Ask[];
  /** How often the maturity passed unpaid. */
  overdues: number;
  /** Why no income could be swept, as last said. */
  unswept: string | null;
  /** A disbursement after the first that two people agreed to and that is to be sent. */
  toDisburse: { readonly approvalId: string; readonly n: number; readonly amount: AttoText } | null;
  /** The maturity moved: the borrower is to be told, and `dueAt` read again. */
  moved: { readonly fromEpoch: number; readonly toEpoch: number; readonly approvalId: string } | null;
  /** What was left on the loan's addresses was sent home. */
  home: boolean;
  /** The last payment that the borrower was mailed about. */
  paymentTold: number;
  /** The borrower's reminders to confirm the owner's return: how many went out, the epoch of the next. */
  reminders: number;
  remindAt: number | null;
  /** The step of the last reminder that an offer, or the loan, runs out soon. */
  noticed: string | null;
  /** The executing epoch of our last message: the chain is read there or later. */
  notBefore: number;
}

/** The run of a loan that has just been asked for. */
export function newRun(loanId: string): LoanRun {
  return {
    loanId,
    state: 'new',
    taken: null,
    pollMs: 60_000,
    decisionDays: 30,
    owner: null,
    reportHash: null,
    approvalId: null,
    makerId: null,
    cancel: null,
    needsAction: null,
    threat: null,
    retryMovesMoney: false,
    mayRelease: false,
    helpAsked: null,
    ending: false,
    dueAt: null,
    repayAsked: false,
    outcome: null,
    sent: {},
    helps: 0,
    offers: 0,
    asks: [],
    overdues: 0,
    unswept: null,
    toDisburse: null,
    moved: null,
    home: false,
    paymentTold: 0,
    reminders: 0,
    remindAt: null,
    noticed: null,
    notBefore: 0,
  };
}

type Ledger = ReturnType<typeof makeLoanActivities>;
type Chain = ReturnType<typeof makeLoanChainActivities>;

/** For Updates: a refusal goes to whoever asked. */
export const direct = {
  ledger: proxyActivities<Ledger>(OPTIONS.ledger),
  chain: proxyActivities<Chain>(OPTIONS.chain),
};

const round = { scheduleToCloseTimeout: PATIENCE } as const;

/** The steps of a loan: each is tried until it succeeds; one that is stuck asks for help. */
export const ledger = persistent(proxyActivities<Ledger>({ ...OPTIONS.ledger, ...round }), patientOf);
const post = persistent(
  proxyActivities<ReturnType<typeof makePostActivities>>({ ...OPTIONS.ledger, ...round }),
  patientOf,
);
export const chain = persistent(proxyActivities<Chain>({ ...OPTIONS.chain, ...round }), patientOf);

/** The application that the loan began with. Throws before there is one: a bug of ours. */
export function takenOf(run: LoanRun): NonNullable<LoanRun['taken']> {
  if (run.taken === null) throw new Error('no application was taken');
  return run.taken;
}

/**
 * Notes the state that the database has reached, for validators and for the lists; `dueAt` (RFC 3339) is when it runs
 * out, if it does. What is overdue keeps the time at which it was due.
 */
export function reached(run: LoanRun, state: LoanRun['state'], dueAt: string | null = null): void {
  run.state = state;
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  if (state !== 'overdue') noteDue(run, dueAt);
}

/** Notes when the offer, or the loan, runs out. */
export function noteDue(run: LoanRun, dueAt: string | null): void {
  if (dueAt === run.dueAt) return;
  run.dueAt = dueAt;
  upsertSearchAttributes([{ key: SA.dueAt, value: dueAt === null ? null : new Date(dueAt) }]);
}

interface Step {
  readonly step: string;
  readonly sentence: string;
  readonly messageId?: string;
  readonly epoch?: number;
}

/** Moves the loan in the database, then here; `dueAt` as for `reached`. */
export async function move(
  run: LoanRun,
  to: LoanState,
  step: Step,
  patch = {},
  dueAt: string | null = null,
): Promise<void> {
  await ledger.moveLoan.executeWithOptions({ summary: step.sentence }, [
    { loanId: run.loanId, to, step, patch },
  ]);
  reached(run, to, dueAt);
}

type EndInput = Parameters<Ledger['endLoan']>[0];

/** Ends the loan before FIL was lent, or turns it back towards its owner; the pool's commitment is released. */
export async function end(run: LoanRun, input: Omit<EndInput, 'loanId'>): Promise<void> {
  await ledger.endLoan.executeWithOptions({ summary: input.step.sentence }, [
    { ...input, loanId: run.loanId },
  ]);
  run.outcome = input.code;
  reached(run, input.to);
}

/** Ends the loan because a person of staff asked for it; where we own the miner, by way of the owner's return. */
export async function cancelled(run: LoanRun, request: HelpRequest): Promise<void> {
  run.ending = true;
  const to = run.state === 'disbursing' || run.state === 'escrow_confirmed' ? 'returning' : 'cancelled';
  const sentence = `Cancelled by ${request.actor.role}; nothing was lent`;
  const step = { step: 'cancelled', sentence, actor: request.actor };
  await end(run, { to, step, code: 'cancelled-by-staff', detail: request.reason });
  await clearNeed(run);
  await tell(run, 'cancelled', { template: 'loan-cancelled', data: { miner: takenOf(run).miner } });
}

/** Distributes over the templates, so that each keeps its own data. */
type Letter<T> = T extends unknown ? Omit<T, 'customerId' | 'key'> : never;

/** Mails the borrower, once for each step; the loan goes on while the mail is on its way. */
export async function tell(run: LoanRun, step: string, letter: Letter<SendMailInput>): Promise<void> {
  const { borrowerId } = takenOf(run);
  const key = `${workflowIds.loan(run.loanId)}/${step}`;
  const mail = { to: 'customer', ...letter, customerId: borrowerId, key } as const;
  const summary = `Mailed the borrower: ${letter.template}`;
  await post.postMail.executeWithOptions({ summary }, [mail]);
}

/** As `tell`, where the same step comes by at each look. */
export async function tellOnce(run: LoanRun, step: string, letter: Letter<SendMailInput>): Promise<void> {
  if (run.noticed === step) return;
  run.noticed = step;
  await tell(run, step, letter);
}

/** Something happened that the waiting stage should know of: woken by handlers and signals. */
export interface Bell {
  rung: number;
}

/** Waits until the bell rings, `ms` at most. */
export async function waitForNews(bell: Bell, ms: number, summary: string): Promise<void> {
  const before = bell.rung;
  await condition(() => bell.rung !== before, ms, { summary });
}
