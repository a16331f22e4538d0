/** The terms of a running loan, and how they may change. Pure: epochs in, a refusal or nothing out. */
import { refuse, type Refusal } from './refusal';

export interface ExtensionTerms {
  readonly maturity: number;
  /** Where interest began: the whole term is counted from here. */
  readonly disbursedEpoch: number;
  /** The pool's clock. */
  readonly clock: number;
  readonly maxTermEpochs: number;
}

/**
 * May the maturity move to `to`? It moves forward, to an epoch that has not passed, within the longest term that the
 * platform lends for. The loan may be overdue: an extension is how it stops being so.
 */
export function judgeExtension(
  { maturity, disbursedEpoch, clock, maxTermEpochs }: ExtensionTerms,
  to: number,
): Refusal | null {
  const last = disbursedEpoch + maxTermEpochs;
  if (Number.isSafeInteger(to) && to > maturity && to > clock && to <= last) return null;
  const after = Math.max(maturity, clock);
  return refuse('extension-out-of-range', `The new maturity lies after epoch ${after}, up to epoch ${last}.`);
}
