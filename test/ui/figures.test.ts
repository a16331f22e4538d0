/** What the back office makes of figures and histories before it draws them. */
import { leftOf } from '../../admin-ui/src/chart/scale';
import { powerUnit } from '../../admin-ui/src/miner/power';
import fc from 'fast-check';
import { attoOf, exactAmount, legibleAmount, shortAmount } from '../../admin-ui/src/field/amount';
import { percentOf, shareOf } from '../../admin-ui/src/field/ratio';
import { spanText } from '../../admin-ui/src/field/time';
import { trackOf } from '../../admin-ui/src/loan/track';
import { fold, linesAtOnce, partOf } from '../../admin-ui/src/workflow/fold';
import { opens } from '../../admin-ui/src/providers/permission';

const atto = fc.bigInt({ min: 0n, max: 10n ** 30n });

describe('amounts', () => {
  test.each([
    ['0', '0.0000', false],
    ['1', '0.0000', true],
    ['300000000000000000', '0.3000', false],
    ['1000000000000000000000000000', '1,000,000,000.0000', false],
    ['59350000123456789012345', '59,350.0001', true],
    ['-1500000000000000000', '−1.5000', false],
  ])('%s atto is shown as %s', (text, shown, cut) => {
    const short = shortAmount(text);
    expect(`${short?.sign ?? ''}${short?.whole ?? ''}.${short?.fraction ?? ''}`).toBe(shown);
    expect(short?.cut).toBe(cut);
  });

  test('an amount too small for four decimals is shown in full', () => {
    expect(legibleAmount('1')).toMatchObject({ whole: '0', fraction: '000000000000000001' });
    expect(legibleAmount('0')).toMatchObject({ whole: '0', fraction: '0000' });
  });

  test('what is copied reads back as the same amount, to the atto', () => {
    fc.assert(fc.property(atto, (value) => attoOf(exactAmount(value.toString())) === value.toString()));
  });

  test('what is shown is never more than what is there', () => {
    fc.assert(
      fc.property(atto, (value) => {
        const { whole = '', fraction = '' } = shortAmount(value.toString()) ?? {};
        const shown = BigInt(attoOf(`${whole}.${fraction}`) ?? '-1');
        return shown <= value && value - shown < 10n ** 14n;
      }),
    );
  });

  test.each(['', '-1', '1.', '.5', '1e3', '1,00', '0.0000000000000000001', 'NaN', '１'])(
    '%j is no amount',
    (text) => {
      expect(attoOf(text)).toBeNull();
    },
  );
});

test('ratios are cut, not rounded, and keep two decimals', () => {
  expect(percentOf('593500000000000000000000000')).toBe('59.35 %');
  expect(percentOf('47552703750000000000000000')).toBe('4.75527 %');
  expect(percentOf('1000000000000000000000000000')).toBe('100.00 %');
  expect(percentOf('0')).toBe('0.00 %');
  expect(percentOf(shareOf(2n, 3n))).toBe('66.66666 %');
  expect(shareOf(1n, 0n)).toBe('0');
});

test('spans name their two largest units', () => {
  expect([0, 59_000, 61_000, 3_600_000, 273_600_000].map(spanText)).toEqual([
    '0 s',
    '59 s',
    '1 min 1 s',
    '1 h',
    '3 d 4 h',
  ]);
});

test('nothing opens that is not a known resource read by a reader', () => {
  expect(opens(['read'], 'journals', 'list')).toBe(true);
  expect(opens([], 'journals', 'list')).toBe(false);
  for (const action of ['create', 'edit', 'delete', 'export', 'clone', ''])
    expect(opens(['read'], 'journals', action)).toBe(false);
  expect(opens(['read'], 'email-applications', 'create')).toBe(false);
  expect(opens(['read', 'loan:open-by-email'], 'email-applications', 'create')).toBe(true);
  expect(opens(['read'], 'staff', 'list')).toBe(false);
});

const step = (seq: number, state: string) => ({
  seq,
  step: state,
  state,
  at: new Date(seq * 1000).toISOString(),
  epoch: null,
  actorId: null,
  actorRole: null,
  messageId: null,
  journalId: null,
  sentence: state,
});

test("a loan's track stops where the loan did", () => {
  const stands = trackOf({
    state: 'rejected',
    steps: [step(1, 'applied'), step(2, 'preflight'), step(3, 'rejected')],
  });
  expect(stands.slice(0, 3).map(({ stand }) => stand)).toEqual(['done', 'stopped', 'ahead']);
  expect(trackOf({ state: 'closed' }).every(({ stand }) => stand === 'done')).toBe(true);
  expect(trackOf({ state: 'overdue' }).filter(({ stand }) => stand === 'now')).toMatchObject([
    { label: 'Active' },
  ]);
});

describe('a folded story', () => {
  const told = (sentence: string, eventId: number, more = {}) => ({
    eventId,
    at: new Date(eventId * 1000).toISOString(),
    kind: 'activity',
    sentence,
    outcome: null,
    detail: null,
    links: {},
    ...more,
  });

  test('tells a repeated round once and loses no event', () => {
    const sentences = fc.array(fc.constantFrom('look', 'measure', 'wait', 'pay'), { maxLength: 60 });
    fc.assert(
      fc.property(sentences, (all) => {
        const lines = fold(
          all.map((sentence, index) => told(sentence, index)),
          'loan/1',
        );
        const unrolled = lines.flatMap(({ events, rounds }) =>
          Array.from({ length: rounds }, () => events.map(({ sentence }) => sentence)).flat(),
        );
        expect(unrolled).toEqual(all);
      }),
    );
    const round = ['look', 'wait', 'look', 'wait', 'look', 'wait', 'pay'].map((sentence, index) =>
      told(sentence, index),
    );
    expect(fold(round, 'loan/1').map(({ rounds }) => rounds)).toEqual([3, 1]);
  });

  test('too long for one page it shows its beginning and end, and loses no line when more is asked for', () => {
    const lines = Array.from({ length: 1_700 }, (_, n) => n);
    let shown = linesAtOnce;
    for (let asked = 0; asked < 20; asked += 1, shown += linesAtOnce) {
      const { first, left, last } = partOf(lines, shown);
      expect(first.length + left + last.length).toBe(lines.length);
      expect([...first, ...last]).toEqual(
        lines.filter((n) => n < first.length || n >= lines.length - last.length),
      );
      expect(first.length + last.length).toBeLessThanOrEqual(shown + 100);
      if (left === 0) break;
    }
    expect(partOf(lines, shown)).toEqual({ first: lines, left: 0, last: [] });
    expect(partOf(lines, linesAtOnce)).toMatchObject({ left: 1_450 });
  });

  test('never folds what failed, was decided, or names another record', () => {
    const noteworthy = [
      { outcome: 'failed' },
      { actor: { id: 'x', role: 'checker' } },
      { links: { journal: 7 } },
      { attempts: 2 },
    ];
    for (const more of noteworthy) {
      expect(fold([told('same', 1, more), told('same', 2, more)], 'loan/1')).toHaveLength(2);
    }
    const own = { links: { loan: '1' } };
    expect(fold([told('same', 1, own), told('same', 2, own)], 'loan/1')).toHaveLength(1);
  });
});

test('the numbers of a picture have the room they need, and power is told in one round unit', () => {
  expect(leftOf(['0 %', '12 %'], 58)).toBe(58);
  expect(leftOf(['0 FIL', '60,000 FIL'], 58)).toBeGreaterThanOrEqual('60,000 FIL'.length * 7 + 8);
  expect(powerUnit([])).toEqual(['B', 1]);
  expect(powerUnit([1023])).toEqual(['B', 1]);
  expect(powerUnit([16 * 1024 ** 4, 1024])).toEqual(['TiB', 1024 ** 4]);
  expect(powerUnit([2 ** 90])).toEqual(['EiB', 1024 ** 6]);
});
