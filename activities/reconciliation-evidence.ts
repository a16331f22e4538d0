/**
 * Why an address holds other than the books say: the tipsets at which the difference came about, found by halving, and
 * what each of them did to the address on chain.
 */
import { LotusError, type Lotus } from '../chain/lotus';
import { keyOf } from '../chain/watch';
import { bookedTipsets, type WalkedTipset } from '../db/tipset';
import { addressFrom } from '../domain/address';
import { formatCoins } from '../domain/money';
import { classify, gravest, type DifferenceClass, type Effect } from '../domain/reconciliation';
import { custodyAt } from '../ledger/read';
import { effectsOf } from './booking-effect';
import { planStep, type PlanDeps } from './booking-plan';

/** What was found about one address. */
export interface Evidence {
  readonly class: DifferenceClass;
  readonly sentence: string;
}

/** So many tipsets at which it changed are looked at; more is no accident of one booking. */
const MOST_CHANGES = 8;

interface Inquiry {
  readonly deps: PlanDeps;
  readonly address: string;
  /** Booked tipsets from the last one at which all agreed, oldest first, without gaps. */
  readonly tipsets: readonly WalkedTipset[];
  readonly known: Map<number, bigint>;
}

/** Chain less books at the i-th tipset, attoFIL. */
async function gapAt(inquiry: Inquiry, i: number): Promise<bigint> {
  const { deps, address, tipsets, known } = inquiry;
  const before = known.get(i);
  if (before !== undefined) return before;
  const tipset = tipsetAt(tipsets, i);
  const actor = await deps.lotus.getActor(addressFrom(address), keyOf(tipset.key));
  const gap = (actor?.balance ?? 0n) - (await custodyAt(deps.knex, address, tipset.height));
  known.set(i, gap);
  return gap;
}

function tipsetAt(tipsets: readonly WalkedTipset[], i: number): WalkedTipset {
  const tipset = tipsets[i];
  if (tipset === undefined) throw new Error(`there is no booked tipset number ${i}`);
  return tipset;
}

/** The first tipset found after `from` at which the gap is another than at `from`; its predecessor has the same. */
async function nextChange(inquiry: Inquiry, from: number, to: number): Promise<number> {
  const base = await gapAt(inquiry, from);
  let [same, other] = [from, to];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if ((await gapAt(inquiry, middle)) === base) same = middle;
    else other = middle;
  }
  return other;
}

async function effectsAt({ deps, address, tipsets }: Inquiry, i: number): Promise<readonly Effect[]> {
  const includedEpoch = tipsetAt(tipsets, i - 1).height;
  const { events, list } = await planStep(deps, { tipset: tipsetAt(tipsets, i), includedEpoch });
  return events.flatMap((event) => effectsOf(event, list)).filter((effect) => effect.address === address);
}

const WORDS: Readonly<Record<DifferenceClass, string>> = {
  matched: 'nothing',
  gas: 'the gas of our own messages that the books lack',
  'unseen-deposit': 'an arrival that the books lack',
  'internal-transfer': 'a transfer of ours that the books lack',
  'foreign-use': 'a message that we did not sign',
  unknown: 'nothing on chain accounts for it',
};

async function inquire(inquiry: Inquiry): Promise<Evidence> {
  const last = inquiry.tipsets.length - 1;
  const found: DifferenceClass[] = [];
  const sentences: string[] = [];
  if ((await gapAt(inquiry, 0)) !== 0n)
    return {
      class: 'unknown',
      sentence: `It differed at epoch ${tipsetAt(inquiry.tipsets, 0).height} already.`,
    };
  for (let at = 0; (await gapAt(inquiry, at)) !== (await gapAt(inquiry, last));) {
    if (found.length === MOST_CHANGES) {
      found.push('unknown');
      sentences.push(`More than ${MOST_CHANGES} changes.`);
      break;
    }
    const next = await nextChange(inquiry, at, last);
    const missing = (await gapAt(inquiry, next)) - (await gapAt(inquiry, next - 1));
    const explained = classify(missing, await effectsAt(inquiry, next));
    found.push(explained.class);
    const which = explained.cids.length === 0 ? '' : ` (${explained.cids.join(', ')})`;
    const { height } = tipsetAt(inquiry.tipsets, next);
    sentences.push(`Epoch ${height}, ${formatCoins(missing)} FIL: ${WORDS[explained.class]}${which}.`);
    at = next;
  }
  return { class: gravest(found), sentence: sentences.join(' ') };
}

/**
 * Explains why an address differs at the booked tipset `until`, looking back to `since`, the height of the last run in
 * which everything agreed. What the node cannot show any more stays unknown.
 */
export async function explain(
  deps: PlanDeps & { readonly lotus: Lotus },
  address: string,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<Evidence> {
  const tipsets = await bookedTipsets(deps.knex, since, until);
  if (tipsets.length < 2) return { class: 'unknown', sentence: 'No tipset was booked since all agreed.' };
  try {
    return await inquire({ deps, address, tipsets, known: new Map() });
  } catch (error) {
    if (!(error instanceof LotusError) || error.kind !== 'rpc') throw error;
    return { class: 'unknown', sentence: `The node does not show it any more: ${error.message}` };
  }
}
