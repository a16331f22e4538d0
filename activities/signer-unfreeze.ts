/** A frozen sender signs again: the signer reads the approval itself, and takes up the nonces that others used. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { lockSender } from '../chain/outbox';
import { keyOf } from '../chain/watch';
import { readCursor } from '../db/clock';
import { addressFrom, type Address } from '../domain/address';
import { RefusalError } from '../domain/refusal';
import { refusing } from './refusal';

export interface UnfreezeDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
}

export interface Unfreeze {
  readonly address: string;
  readonly approvalId: string;
}

/** Nonces used by the sender in the state that is booked. @throws Error while the head has more: not final yet */
async function bookedNonce({ knex, lotus }: UnfreezeDeps, address: Address): Promise<number> {
  const cursor = await readCursor(knex);
  if (cursor === null) throw new Error('chain-watch has not begun: nothing is booked yet');
  const head = await lotus.chainHead();
  const [now, booked] = await Promise.all([
    lotus.getActor(address, head.key),
    lotus.getActor(address, keyOf(cursor.executedKey)),
  ]);
  const used = booked?.nonce ?? 0;
  if ((now?.nonce ?? 0) !== used)
    throw new Error(
      `${address} is at nonce ${now?.nonce ?? 0}, booked is ${used}: not all of it is final yet`,
    );
  return used;
}

async function unfreeze(
  deps: UnfreezeDeps,
  { address, approvalId }: Unfreeze,
): Promise<{ nextNonce: number }> {
  const used = await bookedNonce(deps, addressFrom(address));
  return deps.knex.transaction(async (trx) => {
    const sender = await lockSender(trx, addressFrom(address));
    const row = await trx<{ address: string; unfrozen_by: string | null }>('chain.sender')
      .where({ address })
      .first('unfrozen_by');
    if (row?.unfrozen_by === approvalId) return { nextNonce: sender.nextNonce };
    const approval = await trx<{ id: string; kind: string; state: string; subject_id: string }>('approval')
      .where({ id: approvalId })
      .first();
    if (approval?.kind !== 'unfreeze' || approval.state !== 'accepted' || approval.subject_id !== address)
      throw new RefusalError('approval-missing', `Nobody approved that ${address} signs again.`);
    if (sender.mode !== 'frozen')
      throw new RefusalError('sender-not-frozen', `The sender is ${sender.mode}.`);
    const nextNonce = Math.max(sender.nextNonce, used);
    await trx('chain.sender')
      .where({ address })
      .update({ mode: 'active', frozen_reason: null, next_nonce: nextNonce, unfrozen_by: approvalId });
    return { nextNonce };
  });
}

export function makeUnfreezeActivities(deps: UnfreezeDeps) {
  return {
    /**
     * Lets the sender sign again after the approval, from the first nonce that nobody has used. Fails, and is tried
     * again, while something that the key sent is not final and booked: it would freeze the sender anew.
     */
    unfreezeSender: refusing((input: Unfreeze) => unfreeze(deps, input)),
  };
}
