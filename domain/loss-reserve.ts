/**
 * The loss reserve: what it is for, as data. It fills from the reserve factor of the rates, epoch by epoch; it is spent
 * only when a loan is written off, in this order. Not the liquidity reserve, which is idle cash of the depositors.
 */
import { debtOf, type Pool } from './pool';
import { mulDivFloor, RAY } from './ray';

export interface LossRules {
  readonly version: number;
  /** RFC 3339 date from which they hold; a write-off names the version it followed. */
  readonly since: string;
  /** Who bears a loss, the first first. */
  readonly order: readonly { readonly bearer: LossBearer; readonly rule: string }[];
  /** What holds besides. */
  readonly conditions: readonly string[];
}

export type LossBearer = 'collateral' | 'owner-escrow' | 'loss-reserve' | 'depositors';

/** Every version there ever was, the oldest first: what a write-off followed can always be read. */
export const LOSS_RULES: readonly [LossRules, ...LossRules[]] = [
  {
    version: 1,
    since: '2026-11-23',
    order: [
      { bearer: 'collateral', rule: 'What the miner still holds or earns is swept and repays the loan.' },
      { bearer: 'owner-escrow', rule: 'The owner role stays in escrow until nothing more can be recovered.' },
      { bearer: 'loss-reserve', rule: 'The loss reserve pays what is missing, as far as it goes.' },
      {
        bearer: 'depositors',
        rule: 'What is still missing lowers the depositors’ claim at one epoch: each bears it by shares.',
      },
    ],
    conditions: [
      'Only a write-off spends it, decided by two people, for one loan, with its reason.',
      'It never pays interest, gas, fees or withdrawals, and is not lent on its own account.',
      'Requests in the redemption queue keep their place and bear a loss as every share does.',
      'What is recovered afterwards goes back to the depositors first, then to the loss reserve.',
    ],
  },
];

/** The rules in force: the newest. */
export function lossRules(): LossRules {
  return LOSS_RULES.reduce((newest, rules) => (rules.version > newest.version ? rules : newest));
}

/** How much of what is owed the loss reserve would cover, in ray; 0 where nothing is owed. */
export function lossCover(pool: Pool): bigint {
  const debt = debtOf(pool);
  return debt === 0n ? 0n : mulDivFloor(pool.reserve, RAY, debt);
}
