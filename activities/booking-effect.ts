/** What an event of a tipset does to the balances of our addresses. */
import type { Effect } from '../domain/reconciliation';
import type { WatchList } from '../db/watched';
import { directTransfer, type ChainEvent } from './booking-event';

export interface AddressEffect extends Effect {
  readonly address: string;
}

/** By how much an event changes the balance of which address of ours, attoFIL, and as what. */
export function effectsOf(event: ChainEvent, list: WatchList): readonly AddressEffect[] {
  if (event.kind === 'arrived') {
    const { to, value, cid, from } = event.arrival;
    const source = list.find(from);
    const arrived = { address: to, kind: 'arrival', cid, amount: value } as const;
    // A multisig that keeps our cold FIL sends inside a message that is not its own.
    if (source?.kind !== 'cold') return [arrived];
    const left = { address: source.address, kind: 'moved', cid, amount: 0n - value } as const;
    return [{ ...arrived, kind: 'moved' }, left];
  }
  const { from, gas, arrivals, executed, own } = event;
  const { cid } = executed;
  const ours = own !== null || from.kind === 'cold';
  const effects: AddressEffect[] = arrivals.map(({ to, value }) => ({
    ...{ address: to, kind: ours ? 'arrival' : 'foreign', cid, amount: value },
  }));
  effects.push({ address: from.address, kind: ours ? 'gas' : 'foreign', cid, amount: 0n - gas });
  const transfer = directTransfer(executed);
  if (transfer === null) return effects;
  const kind = ours ? 'moved' : 'foreign';
  effects.push({ address: from.address, kind, cid, amount: 0n - transfer.value });
  const to = list.find(transfer.to);
  if (to !== null) effects.push({ address: to.address, kind, cid, amount: transfer.value });
  return effects;
}
