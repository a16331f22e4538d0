/** The world as a loan's workflow meets it: activities that remember what was asked of them, and play a script. */
import { ApplicationFailure } from '@temporalio/common';
import type { makeLoanActivities } from '../../activities/loan';
import type { makeLoanChainActivities } from '../../activities/loan-chain';
import type { MessageInput, MessageOutcome } from '../../activities/message';
import { attoText, type AttoText } from '../../domain/money';
import type { LoanApplication } from '../../workflows/handles-loan';

type Ledger = ReturnType<typeof makeLoanActivities>;
type Chain = ReturnType<typeof makeLoanChainActivities>;
/** The same calls without the wait. */
type Fakes<A extends Record<string, (input: never) => Promise<unknown>>> = {
  [K in keyof A]: (input: Parameters<A[K]>[0]) => Awaited<ReturnType<A[K]>>;
};

export const OWNER = 'f0100';
export const ESCROW = 'f0900';
export const MAKER = { id: 'maker', role: 'operator' };
export const CHECKER = { id: 'checker', role: 'checker' };
export const BORROWER = { id: 'borrower', role: 'customer' };

/** An hour, which the time-skipping server skips once a test waits for the loan's end. */
export const POLL_MS = 3_600_000;

/** One thing that the workflow asked of the world, in order. */
export interface Asked {
  readonly what: string;
  readonly input: unknown;
}

/** How the world behaves; a test changes what it is about. Counters start at 1. */
export interface Script {
  judge?: (stage: string, n: number) => string | null;
  land?: (input: MessageInput) => Partial<MessageOutcome>;
  /** Owner and pending owner at the n-th look. */
  ownership?: (n: number) => {
    owner: string;
    pending: string | null;
    pendingNow?: string | null;
    offerOver?: boolean;
    offerEndsSoon?: boolean;
  };
  debt?: (n: number) => { debt: bigint; mature?: boolean; matureSoon?: boolean };
  payments?: (n: number) => readonly { id: number; amount: AttoText; excess: AttoText; debt: AttoText }[];
  more?: (n: number) => boolean;
  income?: (n: number, released: boolean) => bigint;
  feeDebt?: (n: number) => bigint;
  /** Which activities fail, so that they are tried again. */
  broken?: (what: string) => boolean;
  take?: () => void;
  extend?: () => void;
  disburse?: () => void;
  decide?: () => 'accepted' | 'refused' | 'waiting';
}

export interface World {
  readonly asked: Asked[];
  readonly script: Script;
  readonly activities: Record<string, (...args: never[]) => Promise<unknown>>;
}

/** The names of what was asked, messages by their kind and moves by their state. */
export function storyOf(world: World): string[] {
  return world.asked.map(({ what, input }) => {
    const { kind, to, stage, template } = input as {
      kind?: string;
      to?: string;
      stage?: string;
      template?: string;
    };
    if (what === 'landMessage') return `message ${kind ?? ''}`;
    if (what === 'moveLoan' || what === 'endLoan' || what === 'closeLoan') return `${what} ${to ?? ''}`;
    if (what === 'judgeMiner') return `judge ${stage ?? ''}`;
    return what === 'postMail' ? `mail ${template ?? ''}` : what;
  });
}

const landed = (input: MessageInput): MessageOutcome => ({
  outcome: 'final',
  exitCode: 0,
  cid: `cid-${input.id}`,
  includedEpoch: 100,
  executedEpoch: 101,
  returnData: null,
  gas: attoText(1n),
  value: input.value === 'everything' ? attoText(1n) : input.value,
  reason: null,
});

/** What the fakes answer where a script says nothing: the good life of a loan. */
export function aWorld(script: Script = {}): World {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const note = (what: string, input: unknown): number => {
    asked.push({ what, input });
    counts.set(what, (counts.get(what) ?? 0) + 1);
    return counts.get(what) ?? 0;
  };
  const silent = (what: string) => (input: unknown) => {
    note(what, input);
  };
  const chain: Fakes<Chain> = {
    issueOwnerChallenge: () => {
      throw new Error('not part of this test');
    },
    takeApplication: ({ application }) => {
      note('takeApplication', application);
      script.take?.();
      const { borrowerId, miner, amount, termEpochs, poolId } = application;
      return { borrowerId, miner, amount, termEpochs, poolId, pollMs: 100, decisionDays: 30 };
    },
    judgeMiner: (input) => {
      const n = note('judgeMiner', input);
      const code = (script.judge?.(input.stage, n) ?? null) as 'fee-debt' | null;
      return {
        passed: code === null,
        code,
        detail: code ?? 'good',
        height: 50,
        reportHash: 'hash',
        owner: OWNER,
      };
    },
    readOwnership: (input) => {
      const n = note('readOwnership', input);
      const seen = script.ownership?.(n) ?? { owner: OWNER, pending: ESCROW };
      const pendingNow = seen.pending;
      const offer = { escrow: ESCROW, offerOver: false, offerEndsSoon: false };
      return { height: 60 + n, ...offer, reminderEpochs: 2, pendingNow, ...seen };
    },
    planLoanMessage: ({ loanId, kind, n, amount = attoText(1n), approvalId }) => {
      if (kind === 'disburse') note('planDisburse', { n, amount, approvalId });
      return {
        id: `${loanId}-${kind}-${n}`,
        kind,
        from: 'f1from',
        to: 'f1to',
        value: amount,
        method: 0,
        params: null,
        subjectKind: 'loan',
        subjectId: loanId,
        summary: kind,
      };
    },
    planLoanReturns: (input) => {
      note('planLoanReturns', input);
      return [];
    },
    noteLoanAddresses: silent('noteLoanAddresses'),
    offerEscrow: (input) => {
      note('offerEscrow', input);
      return { escrow: ESCROW, dueAt: '2026-12-24T00:00:00.000Z' };
    },
    recordDisbursement: (input) => {
      note('recordDisbursement', input);
      return {
        n: counts.get('recordDisbursement') ?? 0,
        amount: TAKEN.amount,
        dueAt: '2027-05-24T00:00:00.000Z',
      };
    },
    dueTime: (input) => {
      note('dueTime', input);
      return { dueAt: '2028-05-24T00:00:00.000Z' };
    },
    measureIncome: (input) => {
      const n = note('measureIncome', input);
      const income = script.income?.(n, input.released) ?? 0n;
      return {
        height: 70,
        income: attoText(income),
        request: attoText(income),
        feeDebt: attoText(script.feeDebt?.(n) ?? 0n),
      };
    },
  };
  const ledger: Fakes<Ledger> = {
    moveLoan: silent('moveLoan'),
    endLoan: silent('endLoan'),
    closeLoan: silent('closeLoan'),
    noteLoanStep: silent('noteLoanStep'),
    openLoanApproval: silent('openLoanApproval'),
    noteRepayFromMiner: silent('noteRepayFromMiner'),
    noteLoanHelp: (input) => {
      note('noteLoanHelp', input);
      return undefined;
    },
    readLoanUnderWay: (input) => {
      note('readLoanUnderWay', input);
      return { underWay: 0 };
    },
    decideLoan: ({ decision }) => {
      note('decideLoan', decision);
      return { approvalId: decision.approvalId, state: script.decide?.() ?? 'accepted' };
    },
    askExtension: (input) => {
      note('askExtension', input);
      script.extend?.();
    },
    decideExtension: ({ decision }) => {
      note('decideExtension', decision);
      const state = decision.decision === 'accept' ? 'accepted' : 'refused';
      return { approvalId: decision.approvalId, state, fromEpoch: 1_100, toEpoch: 2_100 };
    },
    askDisbursement: (input) => {
      note('askDisbursement', input);
      script.disburse?.();
    },
    decideDisbursement: ({ decision }) => {
      note('decideDisbursement', decision);
      const state = decision.decision === 'accept' ? 'accepted' : 'refused';
      return { approvalId: decision.approvalId, state, n: 2, amount: attoText(5n) };
    },
    dropDisbursement: (input) => {
      note('dropDisbursement', input);
    },
    takeStock: (input) => {
      const n = note('takeStock', input);
      const { debt, ...due } = script.debt?.(n) ?? { debt: 0n };
      const payments = script.payments?.(n) ?? [];
      const maturity = { maturity: 99, mature: false, matureSoon: false, ...due };
      return { debt: attoText(debt), clock: 70 + n, ...maturity, payments, more: script.more?.(n) ?? false };
    },
  };
  const others = {
    requestApproval: (input: unknown) => {
      note('requestApproval', input);
      return { subjectHash: 'hash' };
    },
    recordDecision: (input: { approvalId: string; decision: string }) => {
      note('recordDecision', input);
      return { approvalId: input.approvalId, state: input.decision === 'accept' ? 'accepted' : 'refused' };
    },
    expireApproval: (input: unknown) => {
      note('expireApproval', input);
      return 'cancelled';
    },
    landMessage: (input: MessageInput) => {
      note('landMessage', input);
      return { ...landed(input), ...script.land?.(input) };
    },
    deriveAddress: (input: { kind: string }) => {
      note('deriveAddress', input);
      return { address: `f1${input.kind}` };
    },
    postMail: (input: { key: string }) => {
      note('postMail', input);
      return { mailId: `mail/${input.key}` };
    },
    sendMail: (input: unknown) => {
      note('sendMail', input);
      return { sent: true };
    },
  };
  const fakes: [string, (input: never) => unknown][] = Object.entries({ ...chain, ...ledger, ...others });
  const later = ([name, fake]: (typeof fakes)[number]) =>
    [
      name,
      async (input: never) => {
        if (script.broken?.(name) === true) throw new Error('it does not answer');
        return Promise.resolve(fake(input));
      },
    ] as const;
  return { asked, script, activities: Object.fromEntries(fakes.map(later)) };
}

export const APPLICATION: LoanApplication = {
  borrowerId: BORROWER.id,
  miner: 'f01000',
  amount: attoText(59_350n * 10n ** 18n),
  termEpochs: 1000,
  poolId: 'flexible',
  proof: { address: 'f1owner', signature: '01aa' },
};

/** The same as the workflow carries it. */
export const TAKEN = {
  borrowerId: APPLICATION.borrowerId,
  miner: APPLICATION.miner,
  amount: APPLICATION.amount,
  termEpochs: APPLICATION.termEpochs,
  poolId: APPLICATION.poolId,
};

/** A refusal as an activity throws it. */
export function refusal(code: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(code, code);
}
