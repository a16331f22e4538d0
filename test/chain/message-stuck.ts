/** The waits of a message in which it can be stuck, each with the fault that leads there and what it says. */
import { ApplicationFailure } from '@temporalio/common';
import type { Progress } from '../../activities/message';

export const GAS = { gasLimit: 1, gasFeeCap: '1', gasPremium: '1' };

export const refusal = (code: string, words: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(words, code);

/** What the activities answer while the row's fault stands, by their names; a thrown Error is tried again. */
export type Fault = Readonly<Record<string, () => unknown>>;

const dead = (): never => {
  throw new Error('it does not answer');
};
export const progress = (state: Progress['state'], needsAction: string | null): Progress => ({
  state,
  cid: null,
  landed: null,
  replace: null,
  needsAction,
});
const stuckSlot: Progress = { ...progress('pushed', null), replace: { attemptId: 1, gas: GAS } };

export interface Row {
  readonly at: string;
  readonly fault: Fault;
  readonly sentence: string;
  /** Where nothing is signed, or what was signed can never land. */
  readonly mayCancel: boolean;
}

export const ROWS: readonly Row[] = [
  {
    at: 'drafting',
    fault: { draftMessage: dead },
    sentence: 'Stuck at “Lend 1 FIL”: it does not answer',
    mayCancel: true,
  },
  {
    at: 'a call that would fail',
    fault: { estimateMessage: () => ({ ok: false, exitCode: 6, reason: 'f1hot does not hold enough.' }) },
    sentence: 'f1hot does not hold enough.',
    mayCancel: true,
  },
  {
    at: 'a node that estimates nothing',
    fault: { estimateMessage: dead },
    sentence: 'Stuck at “Ask the node what the gas costs now”: it does not answer',
    mayCancel: true,
  },
  {
    at: 'what the signer refuses',
    fault: {
      signMessage: () => {
        throw refusal('sender-frozen', 'The sender is frozen.');
      },
    },
    sentence: 'The sender is frozen.',
    mayCancel: true,
  },
  {
    at: 'a signer that is away',
    fault: { signMessage: dead },
    sentence: 'Stuck at “Bind a nonce, sign, store the signature”: it does not answer',
    mayCancel: true,
  },
  {
    at: 'handing it over',
    fault: { pushMessage: dead },
    sentence: 'Stuck at “Hand the signature to the node”: it does not answer',
    mayCancel: false,
  },
  {
    at: 'a push that the node refuses',
    fault: { followMessage: () => progress('signed', 'The node does not take the message: no.') },
    sentence: 'The node does not take the message: no.',
    mayCancel: false,
  },
  {
    at: 'looking whether it landed',
    fault: { followMessage: dead },
    sentence: 'Stuck at “Look whether it landed; push it again while it has not”: it does not answer',
    mayCancel: false,
  },
  {
    at: 'a dearer attempt that policy refuses',
    fault: {
      followMessage: () => stuckSlot,
      replaceMessage: () => {
        throw refusal('gas-above-policy', 'Policy leaves no room.');
      },
    },
    sentence: 'Stuck, and not replaced: Policy leaves no room.',
    mayCancel: false,
  },
  {
    at: 'a nonce that a foreign message used',
    fault: { followMessage: () => progress('conflict', 'A foreign message used nonce 7.') },
    sentence: 'A foreign message used nonce 7.',
    mayCancel: true,
  },
];
