/** What the pictures of the desk make of their figures before they are drawn. */
import fc from 'fast-check';
import { LOAN_TRANSITIONS, type LoanState } from '../../domain/loan';
import { trackOf } from '../../admin-ui/src/deposit/track';
import { edges, journeyOf, places } from '../../admin-ui/src/escrow/path';
import { partsOf } from '../../admin-ui/src/repayment/split';
import { gapsOf, gasText, standsOf, type Slot } from '../../admin-ui/src/sender/sender';

const step = (state: string, epoch: number | null = null, messageId: string | null = null) => ({
  state,
  at: new Date(0).toISOString(),
  epoch,
  messageId,
});

describe('the way of an escrow', () => {
  test('draws every way that a loan may go from its approval on, and no other', () => {
    const drawn = new Set(places.map(({ state }) => state));
    const lawful = (Object.keys(LOAN_TRANSITIONS) as LoanState[])
      .filter((from) => drawn.has(from))
      .flatMap((from) => LOAN_TRANSITIONS[from].map((to) => `${from}>${to}`));
    expect(edges.map(([from, to]) => `${from}>${to.replace('/returned', '')}`).sort()).toEqual(lawful.sort());
  });

  test('marks what was travelled, each with its epoch and message', () => {
    const journey = journeyOf([
      step('applied'),
      step('approved'),
      step('approved'),
      step('escrow_offered', 71),
      step('escrow_proposed', 73),
      step('escrow_offered', 80),
      step('escrow_proposed', 84),
      step('escrow_confirmed', 90, 'm1'),
    ]);
    expect([...journey.travelled]).toEqual([
      'approved>escrow_offered',
      'escrow_offered>escrow_proposed',
      'escrow_proposed>escrow_offered',
      'escrow_proposed>escrow_confirmed',
    ]);
    expect(journey.now).toBe('escrow_confirmed');
    expect(journey.visits.get('escrow_confirmed')).toMatchObject({ epoch: 90, messageId: 'm1' });
    expect(journey.visits.get('escrow_offered')).toMatchObject({ epoch: 80 });
    expect(journey.hops).toHaveLength(6);
    expect(journey.next).toContain('owner role goes back unlent');
  });

  test('ends a loan that was turned back where the owner role was returned', () => {
    const way = [
      'approved',
      'escrow_offered',
      'escrow_proposed',
      'escrow_confirmed',
      'returning',
      'cancelled',
    ];
    const journey = journeyOf(way.map((state) => step(state)));
    expect(journey.now).toBe('cancelled/returned');
    expect(journey.travelled.has('returning>cancelled/returned')).toBe(true);
    expect(journeyOf(['approved', 'cancelled'].map((state) => step(state))).now).toBe('cancelled');
    expect(journeyOf(['applied', 'preflight', 'rejected'].map((state) => step(state)))).toMatchObject({
      now: null,
      hops: [],
    });
  });
});

const slot = (nonce: number, state: string, more: Partial<Slot> = {}): Slot => ({
  nonce,
  messageId: `m${nonce}`,
  kind: 'sweep',
  summary: '',
  state,
  value: '1',
  needsAction: null,
  includedEpoch: null,
  exitCode: null,
  gas: null,
  gasUsed: null,
  waiting: state === 'signed' || state === 'pushed' ? 1 : null,
  reorgs: 0,
  attempts: [],
  ...more,
});

describe('a lane', () => {
  test('what hangs holds up all that come after it', () => {
    const lane = [
      slot(0, 'final'),
      slot(1, 'included'),
      slot(2, 'pushed', { waiting: 21 }),
      slot(3, 'pushed'),
      slot(4, 'signed', { needsAction: 'help' }),
      slot(5, 'failed'),
    ];
    expect(standsOf(lane).map(([, stand]) => stand)).toEqual([
      'landed',
      'included',
      'stuck',
      'behind',
      'stuck',
      'failed',
    ]);
    expect(standsOf([slot(0, 'pushed', { waiting: 20 })])[0]?.[1]).toBe('waiting');
    expect(standsOf([slot(0, 'conflict'), slot(1, 'pushed')]).map(([, stand]) => stand)).toEqual([
      'conflict',
      'behind',
    ]);
  });

  test('gaps are named', () => {
    expect(gapsOf([slot(3, 'final'), slot(4, 'final'), slot(7, 'final')])).toEqual([
      [0, 2],
      [5, 6],
    ]);
    expect(gapsOf([slot(0, 'final'), slot(1, 'final')])).toEqual([]);
  });

  test.each([
    ['598804675800', '598.8 nFIL'],
    ['0', '0.0 nFIL'],
    ['99999999', '0.0 nFIL'],
    ['1234567890000000000', '1,234,567,890.0 nFIL'],
  ])('%s atto of gas are %s', (atto, text) => {
    expect(gasText(atto)).toBe(text);
  });
});

test('the parts of a payment are those that are not zero, they make up the whole, and none is drawn as nothing', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
  fc.assert(
    fc.property(amount, amount, amount, amount, amount, (penalty, fee, interest, principal, excess) => {
      const whole = penalty + fee + interest + principal + excess;
      const named = { penalty, fee, interest, principal, excess };
      const text = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value.toString()]));
      const parts = partsOf({ amount: whole.toString(), ...(text as Record<keyof typeof named, string>) });
      expect(parts.reduce((sum, part) => sum + BigInt(part.amount), 0n)).toBe(whole);
      expect(parts.every(({ percent, amount: part }) => percent > 1 && part !== '0')).toBe(true);
      expect(parts).toHaveLength(Object.values(named).filter((value) => value > 0n).length);
    }),
  );
});

test("an arrival's track says where it was lost", () => {
  const seenAt = new Date(0).toISOString();
  const at = (state: string, more = {}) =>
    trackOf({ state, seenAt, finalAt: null, reorgedAt: null, ...more }).map(
      ({ label, stand }) => `${label} ${stand}`,
    );
  expect(at('seen')).toEqual(['Seen on chain done', 'Confirming now', 'Final and booked ahead']);
  expect(at('orphaned')[1]).toBe('Lost in a reorg stopped');
  expect(at('replaced')[1]).toBe('Replaced on chain stopped');
  expect(at('final', { finalAt: seenAt })).toEqual([
    'Seen on chain done',
    'Confirmed done',
    'Final and booked done',
  ]);
});
