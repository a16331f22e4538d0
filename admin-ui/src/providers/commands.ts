/**
 * The commands of the back office: each starts a workflow or sends it an Update, none writes a record.
 * `key` is the Idempotency-Key: made when the dialog opens, the same for every retry of that intent.
 */
import { API, request } from './request';

export interface Judgement {
  readonly reason: string;
  /** Hash of what the person saw; the server refuses when it has changed since. */
  readonly subjectHash: string;
}

export interface TopUpAnnouncement {
  /** atto, decimal text */
  readonly amount: string;
  readonly from: string;
}

export interface LendingTerms {
  /** Hundredths of a percent a year; null = the pool's own rate. */
  readonly fixedBps: number | null;
  /** atto, decimal text */
  readonly fee: string;
  readonly penaltyBps: number;
  /** The order in which a payment is split. */
  readonly waterfall: readonly string[];
  /** The disbursements in order, together the amount; none = at once. Amounts in atto, decimal text. */
  readonly plan: readonly { readonly amount: string; readonly condition: string | null }[];
}

/** The text that a miner's owner signs, and the loan that it is for. */
export interface OwnerChallenge {
  readonly loanId: string;
  readonly text: string;
  readonly expiryEpoch: number;
}

export interface FreezeAsked {
  readonly scope: 'payouts' | 'lending' | 'customer';
  readonly customerId?: string | undefined;
  readonly reason: string;
}

/** Proposed rates of a pool, in ray as text. */
export interface RateProposal {
  readonly base: string;
  readonly slope1: string;
  readonly slope2: string;
  readonly kink: string;
  readonly reserveFactor: string;
  readonly fromEpoch: number;
}

/** Of a break between books and chain, with the journal by which it vanishes. */
export interface Resolution {
  readonly reason: string;
  readonly journal?: readonly object[];
}

export type ScheduleVerb = 'pause' | 'resume' | 'trigger';

async function command(path: string, body: unknown, key: string): Promise<void> {
  await request(`${API}/${path}`, { method: 'POST', body, headers: { 'Idempotency-Key': key } });
}

const segment = encodeURIComponent;

export const commands = {
  decideApproval: (id: string, verb: 'accept' | 'refuse', judgement: Judgement, key: string) =>
    command(`approvals/${segment(id)}/${verb}`, judgement, key),
  steerLoan: (id: string, verb: 'cancel' | 'retry', reason: string, key: string) =>
    command(`loans/${segment(id)}/${verb}`, { reason }, key),
  forwardLoan: (id: string, terms: LendingTerms, reason: string, key: string) =>
    command(`loans/${segment(id)}/forward`, { reason, terms }, key),
  extendLoan: (id: string, maturityEpoch: number, reason: string, key: string) =>
    command(`loans/${segment(id)}/extend`, { maturityEpoch, reason }, key),
  disburseNext: (id: string, reason: string, key: string) =>
    command(`loans/${segment(id)}/disburse`, { reason }, key),
  acknowledgeAlert: (id: number, reason: string, key: string) =>
    command(`alerts/${id}/acknowledge`, { reason }, key),
  helpWorkflow: (id: string, verb: 'retry' | 'cancel', reason: string, key: string) =>
    command(`workflows/${segment(id)}/${verb}`, { reason }, key),
  unfreezeSender: (address: string, reason: string, key: string) =>
    command(`senders/${segment(address)}/unfreeze`, { reason }, key),
  resolveFinding: (id: number, resolution: Resolution, key: string) =>
    command(`findings/${id}/resolve`, resolution, key),
  freeze: (asked: FreezeAsked, key: string) => command('freezes', asked, key),
  liftFreeze: (id: string, reason: string, key: string) =>
    command(`freezes/${segment(id)}/lift`, { reason }, key),
  assignSuspense: (
    id: string,
    assignment: { readonly customerId: string; readonly reason: string },
    key: string,
  ) => command(`suspense-arrivals/${segment(id)}/assign`, assignment, key),
  cancelWithdrawal: (id: string, reason: string, key: string) =>
    command(`withdrawals/${segment(id)}/cancel`, { reason }, key),
  removeWithdrawalAddress: (id: string, reason: string, key: string) =>
    command(`withdrawal-addresses/${segment(id)}/remove`, { reason }, key),
  announceTopUp: (announcement: TopUpAnnouncement, key: string) => command('top-ups', announcement, key),
  proposeRates: (poolId: string, proposal: RateProposal, reason: string, key: string) =>
    command(`pools/${segment(poolId)}/propose-rates`, { ...proposal, reason }, key),
  proposePolicy: (id: string, values: object, reason: string, key: string) =>
    command(`policies/${segment(id)}/propose`, { values, reason }, key),
  moveSchedule: (id: string, verb: ScheduleVerb, reason: string, key: string) =>
    command(`schedules/${segment(id)}/${verb}`, { reason }, key),
  challengeOwner: async (customerId: string, miner: string, key: string): Promise<OwnerChallenge> => {
    const path = `${API}/customers/${segment(customerId)}/loan-challenges`;
    const headers = { 'Idempotency-Key': key };
    return (await request(path, { method: 'POST', body: { miner }, headers })).json as OwnerChallenge;
  },
  openByEmail: (application: object, key: string) => command('email-applications', application, key),
  proposeComparison: (row: object, key: string) => command('comparisons', row, key),
  startReconciliation: (key: string) => command('reconciliations', {}, key),
};
