/** The way of a loan in nine steps, whatever its sixteen states. */
import type { Step, StepStand } from '../field/StepTrack';
import { shortTime } from '../field/time';
import type { Loan, LoanStep } from './loan';

const way: readonly (readonly [label: string, states: readonly string[]])[] = [
  ['Applied', ['applied']],
  ['Pre-flight', ['preflight']],
  ['Approval', ['in_approval', 'approved']],
  ['Owner offered', ['escrow_offered']],
  ['In escrow', ['escrow_proposed', 'escrow_confirmed']],
  ['Disbursed', ['disbursing']],
  ['Active', ['active', 'overdue']],
  ['Settled', ['settled']],
  ['Owner back', ['returning']],
  ['Closed', ['closed']],
];
const broken: ReadonlySet<string> = new Set(['rejected', 'expired', 'cancelled']);

function placeOf(state: string): number {
  return way.findIndex(([, states]) => states.includes(state));
}

/** The furthest place that the loan's steps reached, for loans that ended before their time. */
function furthest(steps: readonly LoanStep[]): number {
  return Math.max(0, ...steps.map(({ state }) => placeOf(state)));
}

function standAt(index: number, place: number, state: string): StepStand {
  if (state === 'closed') return 'done';
  if (index < place) return 'done';
  if (index > place) return 'ahead';
  return broken.has(state) ? 'stopped' : 'now';
}

/** The steps of a loan's track, each with the time at which it was first entered. */
export function trackOf({ state, steps = [] }: Pick<Loan, 'state' | 'steps'>): Step[] {
  const place = broken.has(state) ? furthest(steps) : placeOf(state);
  return way.map(([label, states], index) => {
    const entered = steps.find((step) => states.includes(step.state));
    const stand = standAt(index, place, state);
    const note = stand === 'ahead' || !entered ? undefined : shortTime(entered.at);
    return { key: label, label, stand, note };
  });
}
