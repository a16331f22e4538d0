/** The unfinal part of the chain: walking to the head, seeing arrivals and inclusions, taking them back in a reorg. */
import type { Tipset } from '../chain/lotus';
import { executedBy, keyText, pathToHead, type Executed } from '../chain/watch';
import { lockCursor, type Cursor } from '../db/clock';
import { noteInclusion, ownMessages, revertInclusions } from '../db/inclusion';
import { oweLooks } from '../db/look';
import { beginAt, walkBack, walkOn, walkedHeight } from '../db/tipset';
import { orphanAbove, seeTransfer } from '../db/transfer';
import { watchList } from '../db/watched';
import { workflowIds } from '../workflows/handles';
import { arrivalOf, directTransfer, landingOf, type Step } from './booking-event';
import type { PlanDeps } from './booking-plan';

export interface WalkDeps extends PlanDeps {
  readonly finalityEpochs: number | null;
}

/**
 * Begins the books at the finalised tipset: nothing executed up to it belongs to the platform. On a chain so young
 * that nothing is final they begin at genesis, which cannot be undone either.
 */
export async function begin({ knex, lotus, finalityEpochs }: WalkDeps): Promise<void> {
  const base = (await lotus.finalizedTipset({ finalityEpochs })) ?? (await lotus.genesis());
  const clock = base.height === 0 ? 0 : (await lotus.tipset(base.parents)).height;
  await knex.transaction(async (trx) => {
    await trx.raw('LOCK TABLE watch.cursor IN EXCLUSIVE MODE');
    if ((await lockCursor(trx)) !== null) return;
    await beginAt(trx, linkOf(base), clock);
  });
}

function linkOf(tipset: Tipset) {
  return { key: keyText(tipset.key), height: tipset.height, parentKey: keyText(tipset.parents) };
}

export type Walk =
  | { readonly kind: 'at-head' }
  | { readonly kind: 'walked' }
  /** The node's chain left ours below the last booked tipset. */
  | { readonly kind: 'deep'; readonly height: number };

/** Walks from where we are to the head (or a piece of the way), turning back first where the chain has turned. */
export async function walk(deps: WalkDeps, cursor: Cursor, head: Tipset): Promise<Walk> {
  if (keyText(head.key) === cursor.headKey) return { kind: 'at-head' };
  const { knex, lotus } = deps;
  const isKnown = async (key: string) => ((await walkedHeight(knex, key)) ?? -1) >= cursor.executed;
  const path = await pathToHead(lotus, { head, from: cursor.head, floor: cursor.executed, isKnown });
  if (path.kind === 'deep') return path;
  let at = path.ancestor;
  if (at !== cursor.headKey) await turnBack(deps, cursor, at);
  for (const tipset of path.tipsets) {
    const parentHeight = await walkedHeight(knex, at);
    if (parentHeight === null) return { kind: 'walked' };
    const step = { tipset: linkOf(tipset), includedEpoch: parentHeight };
    if (!(await see(deps, step, await executedBy(lotus, tipset)))) return { kind: 'walked' };
    at = step.tipset.key;
  }
  return { kind: 'walked' };
}

async function turnBack({ knex }: WalkDeps, cursor: Cursor, ancestor: string): Promise<void> {
  await knex.transaction(async (trx) => {
    const locked = await lockCursor(trx);
    const height = await walkedHeight(trx, ancestor);
    if (locked?.headKey !== cursor.headKey || height === null) return;
    const transfers = await orphanAbove(trx, height);
    const messages = await revertInclusions(trx, height);
    await walkBack(trx, { key: ancestor, height });
    await oweLooks(trx, [
      ...transfers.map(({ cid, index }) => workflowIds.deposit(cid, index)),
      ...messages.map((id) => workflowIds.message(id)),
    ]);
  });
}

/** Notes what a tipset executed that concerns us; false where another process or a reorg was faster. */
async function see({ knex }: WalkDeps, step: Step, executed: readonly Executed[]): Promise<boolean> {
  const list = await watchList(knex);
  const ours = executed.filter(({ message }) => list.find(message.from) !== null);
  const own = await ownMessages(
    knex,
    ours.map(({ cid }) => cid),
  );
  return knex.transaction(async (trx) => {
    const cursor = await lockCursor(trx);
    if (cursor?.headKey !== step.tipset.parentKey) return false;
    await walkOn(trx, step.tipset);
    const look: string[] = [];
    for (const one of executed) {
      const message = own.get(one.cid);
      const transfer = directTransfer(one);
      const to = transfer === null || ours.includes(one) ? null : list.find(transfer.to);
      if (message !== undefined) {
        await noteInclusion(trx, landingOf(step, one, message.id));
        look.push(workflowIds.message(message.id));
      } else if (transfer !== null && to !== null) {
        await seeTransfer(trx, arrivalOf(step, one, transfer, to));
        look.push(workflowIds.deposit(one.cid, 0));
      }
    }
    await oweLooks(trx, look);
    return true;
  });
}
