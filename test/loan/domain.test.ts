/** A loan's rules: which states follow, what judges a miner, which part of its balance is income. */
import {
  allowedActions,
  endsSoon,
  isMature,
  isOver,
  LOAN_TRANSITIONS,
  mayMove,
  pollMs,
  type LoanState,
  type LoanSituation,
} from '../../domain/loan';
import { changeOwnerBase64, nextAction } from '../../domain/loan-next';
import { atto, coins } from '../../domain/money';
import { addressFrom } from '../../domain/address';
import { keepBack, sweepable, sweepRequest } from '../../domain/sweepable';

const fil = (whole: number): bigint => coins(BigInt(whole));

describe('the states of a loan', () => {
  const states = Object.keys(LOAN_TRANSITIONS) as LoanState[];

  it('end in closed, rejected, expired or cancelled', () => {
    expect(states.filter(isOver).sort()).toEqual(['cancelled', 'closed', 'expired', 'rejected']);
  });

  it('lead back to the borrower from every state in which we own the miner', () => {
    const ours: LoanState[] = ['escrow_confirmed', 'disbursing', 'active', 'overdue', 'settled'];
    for (const state of ours) {
      expect(LOAN_TRANSITIONS[state].filter(isOver)).toEqual([]);
    }
    expect(LOAN_TRANSITIONS.returning).toEqual(['closed', 'cancelled']);
  });

  it('never lend before the escrow was confirmed and checked', () => {
    const before = states.filter((state) => mayMove(state, 'active'));
    // An overdue loan that is extended was lent long before.
    expect(before).toEqual(['disbursing', 'overdue']);
    expect(states.filter((state) => mayMove(state, 'disbursing'))).toEqual(['escrow_confirmed']);
  });

  it('offer what people may do', () => {
    const actions = (state: LoanState, situation: Partial<LoanSituation> = {}) =>
      allowedActions(state, { needsAction: false, repayAsked: false, undisbursed: false, ...situation });
    expect(actions('preflight')).toEqual(['forward', 'cancel']);
    expect(actions('in_approval')).toEqual(['decide', 'cancel']);
    expect(actions('active')).toEqual(['repay-from-miner', 'extend']);
    expect(actions('active', { undisbursed: true })).toEqual(['repay-from-miner', 'extend', 'disburse']);
    expect(actions('overdue', { repayAsked: true, undisbursed: true })).toEqual(['extend']);
    expect(actions('disbursing', { needsAction: true })).toEqual(['cancel', 'retry']);
    expect(actions('disbursing')).toEqual([]);
    expect(actions('closed')).toEqual([]);
  });

  it('are mature at the maturity epoch, not one before', () => {
    const soon = (span: number, epoch: number) => endsSoon({ span, until: 1_000, noticeEpochs: 100 }, epoch);
    expect([899, 900, 999, 1_000].map((epoch) => soon(800, epoch))).toEqual([false, true, true, false]);
    expect([979, 980].map((epoch) => soon(80, epoch))).toEqual([false, true]);
    expect(endsSoon({ span: 800, until: null, noticeEpochs: 100 }, 900)).toBe(false);
    expect([isMature(100, 99), isMature(100, 100), isMature(null, 100)]).toEqual([false, true, false]);
  });

  it('look at the chain no less often than the cap says', () => {
    expect(pollMs({ pollEpochs: 10, waitCapSeconds: 86_400 }, 30)).toBe(300_000);
    expect(pollMs({ pollEpochs: 10, waitCapSeconds: 1 }, 30)).toBe(1000);
  });
});

describe('keep-back: the loan itself is not income', () => {
  const lent = { available: fil(59_350), pledge: fil(0) };
  it.each([
    [
      'nothing pledged yet: all of the loan is kept back',
      lent,
      { available: fil(59_350), pledge: fil(0) },
      59_350,
      0,
    ],
    ['income on top of it is sweepable', lent, { available: fil(59_850), pledge: fil(0) }, 59_350, 500],
    [
      'a part pledged: only the rest is kept back',
      lent,
      { available: fil(9_850), pledge: fil(50_000) },
      9_350,
      500,
    ],
    [
      'all pledged and more: nothing is kept back',
      lent,
      { available: fil(100), pledge: fil(60_000) },
      0,
      100,
    ],
    [
      'pledge that comes free again is no income',
      { available: fil(10), pledge: fil(100) },
      { available: fil(40), pledge: fil(70) },
      40,
      0,
    ],
    [
      'what the miner had before the loan is kept back too',
      { available: fil(70), pledge: fil(5) },
      { available: fil(75), pledge: fil(5) },
      70,
      5,
    ],
    [
      'an available balance below zero sweeps nothing',
      lent,
      { available: -fil(3), pledge: fil(59_350) },
      0,
      0,
    ],
    [
      'a negative balance after the disbursement keeps nothing back',
      { available: -fil(3), pledge: fil(0) },
      { available: fil(2), pledge: fil(0) },
      0,
      2,
    ],
  ])('%s', (_, after, now, kept, income) => {
    expect(keepBack(after, now)).toBe(fil(kept));
    expect(sweepable(after, now, false)).toBe(fil(income));
  });

  it('is zero from maturity, in default and when the borrower asks', () => {
    expect(sweepable(lent, { available: fil(59_850), pledge: fil(0) }, true)).toBe(fil(59_850));
    expect(sweepable(lent, { available: -1n, pledge: fil(0) }, true)).toBe(0n);
  });
});

describe('what a sweep asks for', () => {
  const floor = { income: coins(1n), released: atto(10n) };
  it.each([
    ['never more than is owed', 500n, 30n, true, 30n],
    ['all the income below the payoff', 5n * 10n ** 18n, 10n ** 21n, false, 5n * 10n ** 18n],
    ['nothing under the minimum', 10n ** 18n - 1n, 10n ** 21n, false, 0n],
    ['what ends the debt, however small', 7n, 7n, false, 7n],
    ['less once nothing is kept back', 11n, 10n ** 21n, true, 11n],
    ['but no dust', 9n, 10n ** 21n, true, 0n],
    ['nothing from nothing', 0n, 5n, true, 0n],
  ])('%s', (_, income, payoff, released, request) => {
    expect(sweepRequest(atto(income), atto(payoff), released, floor)).toBe(request);
  });
});

describe('what the borrower should do next', () => {
  const outlook = {
    miner: 'f01000',
    owner: addressFrom('f0100'),
    escrow: addressFrom('f01234'),
    repaymentAddress: 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i',
    offerDeadlineEpoch: 900,
  };

  it('names the params of ChangeOwnerAddress as the golden vector has them', () => {
    expect(changeOwnerBase64(addressFrom('f01234'))).toBe('QwDSCQ==');
  });

  it('is the exact message that proposes the escrow', () => {
    expect(nextAction({ ...outlook, state: 'escrow_offered' })).toEqual({
      sentence: 'Propose f01234 as the owner of f01000: send this message from the present owner.',
      message: { to: 'f01000', from: 'f0100', value: '0', method: 23, params: 'QwDSCQ==' },
      command: 'npm run wallet -- propose-owner --key FILE --miner f01000 --owner f01234',
      deadlineEpoch: 900,
    });
  });

  it('is the exact message that takes the owner role back', () => {
    expect(nextAction({ ...outlook, state: 'returning' })?.message).toMatchObject({
      from: 'f0100',
      params: changeOwnerBase64(addressFrom('f0100')),
    });
  });

  it('is nothing when the loan is over', () => {
    for (const state of ['closed', 'rejected', 'expired', 'cancelled'] as const) {
      expect(nextAction({ ...outlook, state })).toBeNull();
    }
  });
});
