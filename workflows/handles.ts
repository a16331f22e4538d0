/**
 * What the outside may say to workflows: ids, task queues, updates, signals, queries and search attributes.
 * Free of side effects: the API, activities, tests and the workflows import it alike.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';

export const QUEUES = ['core', 'ledger', 'chain', 'signer', 'mail', 'batch'] as const;
export type Queue = (typeof QUEUES)[number];

/** Typed search attributes, registered at start and checked by workers. */
export const SA = {
  lifecycle: defineSearchAttributeKey('Lifecycle', 'KEYWORD'),
  state: defineSearchAttributeKey('State', 'KEYWORD'),
  customerRef: defineSearchAttributeKey('CustomerRef', 'KEYWORD'),
  needsAction: defineSearchAttributeKey('NeedsAction', 'BOOL'),
  dueAt: defineSearchAttributeKey('DueAt', 'DATETIME'),
};

/** Workflow ids: one word a lifecycle, then the business id. */
export const workflowIds = {
  onboarding: (customerId: string) => `onboarding/${customerId}`,
  chainWatch: () => 'chain-watch',
  collateral: () => 'collateral',
  deposit: (cid: string, index: number) => `deposit/${cid}-${index}`,
  sweep: (address: string, n: number) => `sweep/${address}/${n}`,
  topUp: (id: string) => `top-up/${id}`,
  subscription: (id: string) => `subscription/${id}`,
  redemption: (id: string) => `redemption/${id}`,
  withdrawal: (id: string) => `withdrawal/${id}`,
  withdrawalAddress: (id: string) => `withdrawal-address/${id}`,
  accrual: () => 'accrual',
  historyExport: () => 'history-export',
  message: (id: string) => `message/${id}`,
  /** `key` of the mail: `<workflowId>/<step>` of whoever tells. */
  mail: (key: string) => `mail/${key}`,
  loan: (id: string) => `loan/${id}`,
  comparison: (id: string) => `comparison/${id}`,
  remedy: (id: string) => `remedy/${id}`,
  assignment: (id: string) => `assignment/${id}`,
  custody: (n: number) => `custody/${n}`,
  freeze: (id: string) => `freeze/${id}`,
  policy: (id: string) => `policy/${id}`,
  rate: (id: string) => `rate/${id}`,
  reconciliation: (id: string) => `reconciliation/${id}`,
};

/** Who did something: a staff or customer id and the role in which they acted. */
export interface Actor {
  readonly id: string;
  readonly role: string;
}

/** One person's decision on an approval. */
export interface Decision {
  readonly approvalId: string;
  readonly actor: Actor;
  readonly decision: 'accept' | 'refuse';
  readonly reason: string;
  /** SHA-256 (hex) of what the person saw; a change voids it. */
  readonly subjectHash: string;
}

export interface DecisionOutcome {
  readonly approvalId: string;
  readonly state: 'waiting' | 'accepted' | 'refused';
}

/** Update of every workflow that asks for approval; update id `<actor>/<Idempotency-Key>`. */
export const decide = defineUpdate<DecisionOutcome, [Decision]>('decide');

/** From chain-watch and booking: something on chain or in the books concerns this workflow; look again. */
export const look = defineSignal('look');

/** To a message, from the workflow that it is a child of: what it pays was cancelled; give it up if it is not signed. */
export const giveUp = defineSignal<[string]>('giveUp');

/** From a message to the workflow that it is a child of: the node has taken it, under this CID. */
export const pushed = defineSignal<[string]>('pushed');

/** Help: try the stuck step again now. */
export interface HelpRequest {
  readonly actor: Actor;
  readonly reason: string;
}

export interface HelpAnswer {
  readonly state: string;
  /** Where it moves money: the approval in which a second person decides; nothing is done before. */
  readonly approvalId: string | null;
}

export const retryNow = defineUpdate<HelpAnswer, [HelpRequest]>('retryNow');
export const cancelAndRelease = defineUpdate<HelpAnswer, [HelpRequest]>('cancelAndRelease');

/** Where a workflow stands, for its detail page. */
export interface Standing {
  readonly state: string;
  readonly waitingFor: string | null;
  readonly needsAction: string | null;
}
export const standing = defineQuery<Standing>('standing');
