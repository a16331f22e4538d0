/** chain-watch's one activity: walk, see, book what is final, owe and send signals, name the new deposits. */
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { LotusError, type Tipset } from '../chain/lotus';
import { keyOf, keyText } from '../chain/watch';
import { readCursor, readHead, type Cursor } from '../db/clock';
import { noteBaseFee } from '../db/gas-price';
import { oweLooks } from '../db/look';
import { noteNetwork } from '../db/network';
import { unswept } from '../db/sweep';
import { halt, liveUpTo, noteFinding, walkedHeight, type Finding, type WalkedTipset } from '../db/tipset';
import { orphans, replaceTransfer, unopenedDeposits } from '../db/transfer';
import { addressFrom } from '../domain/address';
import { stallOf } from '../domain/head';
import { look, workflowIds } from '../workflows/handles';
import { bookTipset } from './booking';
import { sendLooks } from './watch-look';
import { begin, walk, type WalkDeps } from './watch-walk';

export interface FollowInput {
  /** `<cid>-<i>` of deposits started lately; they are not named again. */
  readonly started: readonly string[];
  /** Whether the workflow shows that something is halted; a change is reported at once. */
  readonly halted: boolean;
}

export interface Followed {
  readonly deposits: readonly { readonly cid: string; readonly index: number; readonly customerId: string }[];
  /** Addresses with FIL that no workflow sees to, and in whose name the sweep is asked for. */
  readonly unswept: readonly { readonly address: string; readonly openedBy: string }[];
  /** Why booking stopped until a person acts, or signing because the head stands still; null while both go on. */
  readonly halted: string | null;
  /** Heights of the last tipset walked, and of the pool's clock. */
  readonly head: number;
  readonly clock: number;
}

export interface WatchDeps extends Omit<WalkDeps, 'finalityEpochs'> {
  readonly client: Client;
  readonly config: {
    readonly lotus: {
      readonly finalityEpochs?: number | null | undefined;
      /** Epochs that the head may stand still before signing stops. */
      readonly stalledEpochs: number;
    };
  };
}

/** Length of one activity; a round ends earlier with something to start. */
const ROUND_MS = 20_000;
const PAUSE_MS = { least: 150, most: 5_000, growth: 1.5 };
const SOME = 100;

/** Task queue `chain`. */
export function makeWatchActivities(deps: WatchDeps) {
  const { stalledEpochs, finalityEpochs = null } = deps.config.lotus;
  const followDeps = { ...deps, finalityEpochs, stalledEpochs };
  return {
    /**
     * Follows the chain for a while. Whatever it did is committed step by step: an attempt that dies is taken up by
     * the next from the cursor, and two at once book nothing twice.
     */
    followChain: (input: FollowInput): Promise<Followed> => followFor(followDeps, input),
  };
}

type FollowDeps = WalkDeps & Pick<WatchDeps, 'client'> & { readonly stalledEpochs: number };

async function followFor(deps: FollowDeps, input: FollowInput): Promise<Followed> {
  const until = Date.now() + ROUND_MS;
  await rememberNetwork(deps);
  let pause = PAUSE_MS.least;
  for (;;) {
    const { moved, failure } = await tryToFollow(deps);
    await sendOwed(deps);
    const followed = await report(deps, input);
    if (followed.deposits.length > 0 || followed.unswept.length > 0) return followed;
    if ((followed.halted !== null) !== input.halted) return followed;
    if (Date.now() >= until) {
      if (failure !== null) throw failure;
      return followed;
    }
    pause = moved ? PAUSE_MS.least : Math.min(pause * PAUSE_MS.growth, PAUSE_MS.most);
    if (!moved) await Context.current().sleep(pause);
  }
}

async function sendOwed({ knex, client }: FollowDeps): Promise<void> {
  const signal = (workflowId: string): Promise<void> => client.workflow.getHandle(workflowId).signal(look);
  const refused = await sendLooks({ knex, signal });
  if (refused.length > 0) Context.current().log.warn('workflows that take no more signals', { refused });
}

/** For screens, which know no node; one that does not answer is asked again in the next round. */
async function rememberNetwork({ knex, lotus }: FollowDeps): Promise<void> {
  try {
    await noteNetwork(knex, await lotus.network());
  } catch (error) {
    if (!(error instanceof LotusError)) throw error;
  }
}

/** A node that fails is asked again within the round: only its failure's last word ends it. */
async function tryToFollow(deps: FollowDeps): Promise<{ moved: boolean; failure: LotusError | null }> {
  try {
    return { ...(await followOnce(deps)), failure: null };
  } catch (error) {
    if (error instanceof LotusError && (await readCursor(deps.knex)) !== null)
      return { moved: false, failure: error };
    throw error;
  }
}

async function report(deps: FollowDeps, { started }: FollowInput): Promise<Followed> {
  const { knex } = deps;
  const cursor = await readCursor(knex);
  if (cursor === null) throw new Error('the cursor vanished');
  const unopened = await unopenedDeposits(knex, SOME);
  const deposits = unopened.filter(({ cid, index }) => !started.includes(`${cid}-${index}`));
  return {
    deposits,
    unswept: await unswept(knex, SOME),
    halted: cursor.halted ?? (await stalled(deps)),
    head: cursor.head,
    clock: cursor.clock,
  };
}

async function stalled({ knex, lotus, stalledEpochs }: FollowDeps): Promise<string | null> {
  const { epochSeconds } = await lotus.network();
  return stallOf(await readHead(knex), { epochSeconds, stalledEpochs });
}

/** One look at the chain: to the head, then book what has become final. `moved`: there was something to do. */
export async function followOnce(deps: WalkDeps): Promise<{ moved: boolean }> {
  const { knex, lotus } = deps;
  const [cursor, head] = await Promise.all([readCursor(knex), lotus.chainHead()]);
  // Before the books begin too: a database made long before would else seem to know a head that stands.
  await knex.raw('SELECT ledger.note_head(?)', [head.height]);
  if (cursor === null) {
    await begin(deps);
    return { moved: true };
  }
  await noteBaseFee(knex, head);
  const walked = await walk(deps, cursor, head);
  if (walked.kind === 'deep') {
    const sentence =
      head.height < cursor.executed
        ? `The node's head, epoch ${head.height}, is below epoch ${cursor.executed}, which was final: an old copy of the chain?`
        : `The node's chain left ours below epoch ${cursor.executed}, which was final and is booked.`;
    const finding = {
      kind: 'deep-reorg',
      subject: keyText(head.key),
      epoch: walked.height,
      sentence,
    } as const;
    await stop(deps, cursor, [finding]);
    return { moved: false };
  }
  const booked = await bookFinal(deps);
  if (booked) await endReplaced(deps);
  return { moved: walked.kind === 'walked' || booked };
}

/** Books the walked tipsets that are final by now, in order; whether any was. */
async function bookFinal(deps: WalkDeps): Promise<boolean> {
  const { knex, lotus, finalityEpochs } = deps;
  const final = await lotus.finalizedTipset({ finalityEpochs });
  if (final === null) return false;
  const candidates = await liveUpTo(knex, final.height, SOME);
  const top = candidates.at(-1);
  if (top === undefined || !(await isOnChainOf(deps, top, final))) return false;
  for (const tipset of candidates) {
    const includedEpoch = await walkedHeight(knex, tipset.parentKey);
    if (includedEpoch === null) return true;
    const booking = await bookTipset(deps, { tipset, includedEpoch });
    if (booking.kind === 'moved-on') return true;
    if (booking.kind === 'unexplained') {
      const findings = booking.breaks.map(
        ({ address, sentence }) =>
          ({ kind: 'unexplained-balance', subject: address, epoch: tipset.height, sentence }) as const,
      );
      await stop(deps, await readCursor(knex), findings);
      return false;
    }
  }
  return true;
}

/** A reorg that we have not walked yet may have put the finalised tipset on another chain. */
async function isOnChainOf({ lotus }: WalkDeps, walked: WalkedTipset, final: Tipset): Promise<boolean> {
  const there = await lotus.tipsetByHeight(walked.height, final.key);
  return keyText(there.key) === walked.key;
}

async function stop({ knex }: WalkDeps, cursor: Cursor | null, findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await noteFinding(knex, finding);
  const sentence = findings.map((finding) => finding.sentence).join(' ');
  if (cursor?.halted !== sentence) await halt(knex, sentence);
}

/**
 * Ends orphans that can never come back: at a booked tipset their sender's nonce is used, and all that was executed
 * up to there was walked, so that it was not by them (or by them in vain).
 */
async function endReplaced({ knex, lotus }: WalkDeps): Promise<void> {
  const cursor = await readCursor(knex);
  if (cursor === null) return;
  for (const orphan of await orphans(knex, SOME)) {
    const sender = await lotus.getActor(addressFrom(orphan.messageFrom), keyOf(cursor.executedKey));
    if (sender === null || sender.nonce <= orphan.messageNonce) continue;
    await knex.transaction(async (trx) => {
      await replaceTransfer(trx, orphan);
      await oweLooks(trx, [workflowIds.deposit(orphan.cid, orphan.index)]);
    });
  }
}
