/** Whether the chain that the node shows may guide a signature: it moves, and it is the one that is booked. */
import type { Knex } from 'knex';
import { type Cursor, readHead } from '../db/clock';
import { stallOf } from '../domain/head';
import { RefusalError } from '../domain/refusal';
import type { Lotus, Tipset } from './lotus';
import { keyText } from './watch';

export interface HeadDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly stalledEpochs: number;
}

/**
 * Before chain-watch has begun there is nothing to compare with.
 * @throws RefusalError head-stalled where no higher head was seen for longer than policy allows; chain-turned where the
 * node's chain has not the last booked tipset (an old copy, or a reorg below finality), or booking has stopped.
 */
export async function checkHead(
  { knex, lotus, stalledEpochs }: HeadDeps,
  seen: { readonly head: Tipset; readonly finalizedEpoch: number; readonly cursor: Cursor | null },
): Promise<void> {
  const { head, finalizedEpoch, cursor } = seen;
  if (cursor === null) return;
  if (cursor.halted !== null) throw new RefusalError('chain-turned', cursor.halted);
  if (finalizedEpoch < cursor.clock || head.height < cursor.executed) {
    const behind = `The node is behind: head ${head.height}, final ${finalizedEpoch}; the books are at ${cursor.clock}.`;
    throw new RefusalError('chain-turned', behind);
  }
  const there = await lotus.tipsetByHeight(cursor.executed, head.key);
  if (keyText(there.key) !== cursor.executedKey) {
    const sentence = `The node's chain is not the one that is booked: it differs at epoch ${cursor.executed}.`;
    throw new RefusalError('chain-turned', sentence);
  }
  const { epochSeconds } = await lotus.network();
  const stalled = stallOf(await readHead(knex), { epochSeconds, stalledEpochs });
  if (stalled !== null) throw new RefusalError('head-stalled', stalled);
}
