/** Watching the miners that FIL is lent to: readings at a finalised tipset, and the alerts that they raise. */
import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { LotusError, type TipsetKey } from '../chain/lotus';
import { readMiner } from '../chain/miner';
import {
  acknowledge,
  closeAlertsOfOthers,
  highestPower,
  needs,
  noteThreats,
  readingBefore,
  watchedLoans,
  type Acknowledgement,
  type Need,
  type WatchedLoan,
} from '../db/collateral';
import { saveSnapshot } from '../db/loan-facts';
import { lockLoan } from '../db/loan';
import { addressFrom } from '../domain/address';
import { COLLATERAL_POLICY, isWatched, threatsIn, type CollateralPolicy } from '../domain/collateral';
import type { MinerFacts } from '../domain/preflight';
import type { LoanDeps } from './loan-deps';
import { refusing } from './refusal';

export interface CollateralDeps extends LoanDeps {
  readonly config: LoanDeps['config'] & { readonly collateralIntervalEpochs: number };
  /** Differs from the platform's policy in tests only. */
  readonly collateralPolicy?: Partial<CollateralPolicy>;
}

export interface ReadCollateral {
  /** Height of the reading before; null: there was none. */
  readonly last: number | null;
  /** A person asked: read even if it is not time yet. */
  readonly now: boolean;
}

export interface CollateralRead {
  /** False: it was not time yet, or nothing is final yet, and nothing was read. */
  readonly read: boolean;
  readonly height: number;
  readonly miners: number;
  /** Miners that could not be read, each with the reason; what threatens their loans is not seen. */
  readonly unread: readonly string[];
  /** All loans with something that nobody has acknowledged. */
  readonly needs: readonly Need[];
  /** Until it may be time again. */
  readonly waitMs: number;
}

/** At most so many miners are read at once: each is six calls to the node. */
const AT_ONCE = 8;
const PAGE = 100;
/** Between two readings while a miner cannot be read. */
const UNREAD_EPOCHS = 10;

/** Where a reading that died had come to. */
interface Place {
  readonly height: number;
  readonly key: TipsetKey;
  readonly after: string;
  readonly miners: number;
  readonly unread: readonly string[];
}

/** @returns why the miner could not be read: one that the node cannot answer for blinds the watch over no other; or null */
async function readOne(deps: CollateralDeps, loan: WatchedLoan, at: Place): Promise<string | null> {
  try {
    await note(deps, loan, at, await readMiner(deps.lotus, addressFrom(loan.miner), at));
    return null;
  } catch (error) {
    if (!(error instanceof LotusError)) throw error;
    return `${loan.miner} (${error.text})`;
  }
}

async function note(deps: CollateralDeps, loan: WatchedLoan, at: Place, facts: MinerFacts): Promise<void> {
  const { knex } = deps;
  const policy = { ...COLLATERAL_POLICY, ...deps.collateralPolicy };
  await knex.transaction(async (trx) => {
    // The loan may have come to its end while its miner was read.
    if (!isWatched((await lockLoan(trx, loan.id)).state)) return;
    await saveSnapshot(trx, facts);
    const before = await readingBefore(trx, loan.miner, at.height);
    const terms = { escrow: loan.escrow, highestPower: await highestPower(trx, loan.id, loan.miner), policy };
    await noteThreats(trx, loan, at.height, threatsIn(facts, before, terms));
  });
}

/** Reads page after page, some at once; a retry goes on where the attempt before stopped, at the same tipset. */
async function readAll(deps: CollateralDeps, from: Place): Promise<Place> {
  let place = from;
  for (;;) {
    const loans = await watchedLoans(deps.knex, place.after, PAGE);
    for (let first = 0; first < loans.length; first += AT_ONCE) {
      const some = loans.slice(first, first + AT_ONCE);
      const failures = await Promise.all(some.map((loan) => readOne(deps, loan, place)));
      const unread = [...place.unread, ...failures.filter((failure) => failure !== null)];
      const after = some.at(-1)?.id ?? place.after;
      place = { ...place, after, miners: place.miners + some.length, unread };
      Context.current().heartbeat(place);
    }
    if (loans.length < PAGE) return place;
  }
}

async function readCollateral(deps: CollateralDeps, input: ReadCollateral): Promise<CollateralRead> {
  const { knex, lotus, config } = deps;
  const { epochSeconds } = await lotus.network();
  const wait = (epochs: number): number =>
    1000 * Math.max(1, Math.min(config.waitCapSeconds, epochs * epochSeconds));
  const begun = Context.current().info.heartbeatDetails as Place | undefined;
  const final =
    begun ?? (await lotus.finalizedTipset({ finalityEpochs: config.lotus.finalityEpochs ?? null }));
  const left = final === null ? 1 : (input.last ?? 0) + config.collateralIntervalEpochs - final.height;
  if (final === null || (!input.now && input.last !== null && left > 0 && begun === undefined)) {
    const height = final?.height ?? 0;
    const waitMs = wait(Math.max(1, left));
    return { read: false, height, miners: 0, unread: [], needs: await needs(knex), waitMs };
  }
  const { height, key } = final;
  const place = await readAll(deps, begun ?? { height, key, after: '', miners: 0, unread: [] });
  await closeAlertsOfOthers(knex);
  const { miners, unread } = place;
  const waitMs = wait(unread.length === 0 ? config.collateralIntervalEpochs : UNREAD_EPOCHS);
  return { read: true, height, miners, unread, needs: await needs(knex), waitMs };
}

/** Task queue `chain`. */
export function makeCollateralActivities(deps: CollateralDeps) {
  return {
    /**
     * Reads every miner that FIL is lent to at one finalised tipset, keeps the readings (one a miner and height) and
     * brings each loan's alerts to what was seen. Does nothing before its interval has passed.
     */
    readCollateral: refusing((input: ReadCollateral) => readCollateral(deps, input)),
  };
}

/** Task queue `ledger`. */
export function makeAlertActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Notes that a person has seen an alert; gives what the loans still have to show. */
    acknowledgeAlert: refusing(async (input: Acknowledgement): Promise<{ loanId: string; needs: Need[] }> => {
      const loanId = await knex.transaction((trx) => acknowledge(trx, input));
      return { loanId, needs: await needs(knex) };
    }),
  };
}
