/** The way of a loan in ten steps, whatever its sixteen states; imports nothing, as the root's tests take it as it is. */

interface Entered {
  readonly state: string;
  readonly at: string;
}

type Stand = 'done' | 'now' | 'ahead' | 'stopped';

interface Stage {
  readonly key: string;
  readonly label: string;
  readonly stand: Stand;
  readonly at: string | undefined;
}

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
function furthest(steps: readonly Entered[]): number {
  return Math.max(0, ...steps.map(({ state }) => placeOf(state)));
}

function standAt(index: number, place: number, state: string): Stand {
  if (state === 'closed') return 'done';
  if (index < place) return 'done';
  if (index > place) return 'ahead';
  return broken.has(state) ? 'stopped' : 'now';
}

/** The stages of a loan's track, each with the time at which it was first entered. */
export function trackOf(loan: { readonly state: string; readonly steps?: readonly Entered[] }): Stage[] {
  const { state, steps = [] } = loan;
  const place = broken.has(state) ? furthest(steps) : placeOf(state);
  return way.map(([label, states], index) => {
    const stand = standAt(index, place, state);
    const entered = steps.find((step) => states.includes(step.state));
    return { key: label, label, stand, at: stand === 'ahead' ? undefined : entered?.at };
  });
}
