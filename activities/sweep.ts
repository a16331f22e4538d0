/** Sweeps: FIL that reached customers' and loans' addresses goes to the hot wallet. Task queue `ledger`. */
import type { Knex } from 'knex';
import { METHOD } from '../chain/method';
import { findLoan } from '../db/loan';
import { beginSweep, closeSweep, openSweep, sweepOpenedBy } from '../db/sweep';
import { custodyBalances, watchList, type Watched } from '../db/watched';
import { isOver } from '../domain/loan';
import { atto, attoFrom, attoText, formatCoins, type AttoText } from '../domain/money';

export interface SweepDeps {
  readonly knex: Knex;
  readonly config: {
    /** attoFIL that an escrow address keeps for its own messages while its loan lives. */
    readonly escrowGas: bigint;
    /** attoFIL: the gas headroom that a sweep of everything leaves. */
    readonly lotus: { readonly maxFee: bigint };
  };
}

export interface SweepDraft {
  readonly id: string;
  readonly kind: 'sweep';
  readonly from: string;
  readonly to: string;
  readonly value: AttoText | 'everything';
  readonly method: number;
  readonly params: null;
  readonly subjectKind: 'address';
  readonly subjectId: string;
  readonly summary: string;
}

export interface SweepId {
  readonly address: string;
  readonly n: number;
}

/** Task queue `ledger`. */
export function makeSweepActivities(deps: SweepDeps) {
  const { knex } = deps;
  return {
    /**
     * Numbers a sweep of the address; null where one runs already or what it would move is not worth the gas.
     * `openedBy` is `<workflowId>/<step>`: asking again gives the same answer.
     */
    async openSweep(input: { address: string; openedBy: string }): Promise<{ n: number } | null> {
      const before = await sweepOpenedBy(knex, input.openedBy);
      if (before !== null) return before.state === 'nothing' ? null : { n: before.n };
      const state = (await isWorthIt(deps, input.address)) ? 'running' : 'nothing';
      const n = await knex.transaction((trx) => openSweep(trx, { ...input, state }));
      return n === null || state === 'nothing' ? null : { n };
    },

    /** The message of this sweep. */
    async draftSweep({ address, n }: SweepId): Promise<SweepDraft> {
      const { from, to, keep } = await pathOf(deps, address);
      const id = `sweep-${address}-${n}`;
      await beginSweep(knex, { address, n }, id);
      const books = (await custodyBalances(knex)).get(address) ?? 0n;
      return {
        id,
        kind: 'sweep',
        from: from.address,
        to,
        value: keep === 0n ? 'everything' : attoText(books - keep),
        method: METHOD.send,
        params: null,
        subjectKind: 'address',
        subjectId: address,
        summary: `Sweep ${n} of the ${from.kind} address: about ${formatCoins(books - keep)} FIL to the hot wallet`,
      };
    },

    /** Ends the sweep with what its message did. */
    async closeSweep(input: SweepId & { ok: boolean; value: AttoText }): Promise<void> {
      const state = input.ok ? 'swept' : 'failed';
      const amount = input.ok ? attoFrom(input.value) : atto(0n);
      await closeSweep(knex, input, { state, amount });
    },
  };
}

interface SweepPath {
  readonly from: Watched;
  readonly to: string;
  /** attoFIL left where it is. */
  readonly keep: bigint;
}

async function pathOf({ knex, config }: SweepDeps, address: string): Promise<SweepPath> {
  const list = await watchList(knex);
  const from = list.find(address);
  const hot = list.all.find(({ kind }) => kind === 'hot');
  if (from === null) throw new Error(`${address} is not ours`);
  if (hot === undefined)
    throw new Error('there is no hot wallet yet: the signer makes it at its first start');
  const keeps = from.kind === 'escrow' && !(await isLoanOver(knex, from));
  return { from, to: hot.address, keep: keeps ? config.escrowGas : 0n };
}

async function isLoanOver(knex: Knex, { ownerId }: Watched): Promise<boolean> {
  const loan = ownerId === null ? null : await findLoan(knex, ownerId);
  return loan === null || isOver(loan.state);
}

/** Worth it: what it moves, gas headroom left behind, is at least what its gas may cost at most. */
async function isWorthIt(deps: SweepDeps, address: string): Promise<boolean> {
  const { keep } = await pathOf(deps, address);
  const { maxFee } = deps.config.lotus;
  const held = (await custodyBalances(deps.knex)).get(address) ?? 0n;
  return held - (keep === 0n ? maxFee : keep) >= maxFee;
}
