/** What a tipset did to our addresses, as booking takes it. */
import type { Invocation } from '../chain/lotus';
import { transfersOf, type Executed, type Transfer } from '../chain/watch';
import type { Landing, OwnMessage } from '../db/inclusion';
import type { WalkedTipset } from '../db/tipset';
import type { Arrival } from '../db/transfer';
import type { Watched, WatchList } from '../db/watched';
import { atto, type Atto } from '../domain/money';

/** A tipset and its parents: the messages of the parents, executed by it. */
export interface Step {
  readonly tipset: WalkedTipset;
  readonly includedEpoch: number;
}

/** A message from one of our addresses. `own` null: nobody here signed it. */
export interface Sent {
  readonly kind: 'sent';
  readonly executed: Executed;
  readonly from: Watched;
  readonly own: OwnMessage | null;
  /** What the sender paid for gas, attoFIL. */
  readonly gas: Atto;
  /** What reached addresses of ours inside it (index ≥ 1), such as a miner's payment to its owner. */
  readonly arrivals: readonly Arrival[];
}

/** Something that reached us by somebody else's message. */
export interface Arrived {
  readonly kind: 'arrived';
  readonly arrival: Arrival;
}

export type ChainEvent = Sent | Arrived;

/** An arrival of `transfer`, made by the message that was executed. */
export function arrivalOf(step: Step, executed: Executed, transfer: Transfer, to: Watched): Arrival {
  return {
    cid: executed.cid,
    index: transfer.index,
    to: to.address,
    toKind: to.kind,
    ownerKind: to.ownerKind,
    ownerId: to.ownerId,
    from: transfer.from,
    value: atto(transfer.value),
    messageFrom: executed.message.from,
    messageNonce: executed.message.nonce,
    includedEpoch: step.includedEpoch,
    executedEpoch: step.tipset.height,
    executedKey: step.tipset.key,
    place: executed.place,
  };
}

/** The direct transfer of a message, where it took effect. */
export function directTransfer(executed: Executed): Transfer | null {
  const { from, to, value } = executed.message;
  return executed.receipt.exitCode === 0 && value > 0n ? { index: 0, from, to, value } : null;
}

/** Where a message of ours landed and what came of it. */
export function landingOf(step: Step, executed: Executed, messageId: string): Landing {
  return {
    messageId,
    cid: executed.cid,
    includedKey: step.tipset.parentKey,
    includedEpoch: step.includedEpoch,
    executedEpoch: step.tipset.height,
    exitCode: executed.receipt.exitCode,
    returned: executed.receipt.returned,
    gasUsed: executed.receipt.gasUsed,
  };
}

/** What reached us inside a message's execution, the message's own transfer aside. */
export function innerArrivals(step: Step, executed: Executed, run: Invocation, list: WatchList): Arrival[] {
  return transfersOf(run.trace).flatMap((transfer) => {
    const to = transfer.index === 0 ? null : list.find(transfer.to);
    return to === null ? [] : [arrivalOf(step, executed, transfer, to)];
  });
}
