/** Looking at a withdrawal's address on the chain: what is there, and in which form it is paid. */
import { PROTOCOL, protocolOf, type Address } from '../domain/address';
import { payeeRule, type ActorKind, type PayeeRule } from '../domain/payee';
import { isRefusal, refuse, type Refusal } from '../domain/refusal';
import type { Lotus, TipsetKey } from './lotus';

export interface Payee extends PayeeRule {
  /** What is paid: of an account named by its ID the key address, of an Ethereum account f410. */
  readonly address: Address;
  readonly kind: ActorKind;
}

/** The actor's kind, null where there is none; one whose code is not built in is 'unknown'. */
async function kindOf(
  lotus: Lotus,
  address: Address,
  key: TipsetKey,
): Promise<{ readonly kind: ActorKind; readonly delegated: Address | null }> {
  const actor = await lotus.getActor(address, key);
  if (actor === null) return { kind: null, delegated: null };
  const kind = (await lotus.actorKinds(key)).get(actor.code) ?? 'unknown';
  return { kind, delegated: actor.delegated };
}

/** An ID can be another's after a reorg, so that it is looked up at a final tipset and a key is paid instead. */
async function paidForm(
  lotus: Lotus,
  address: Address,
  key: TipsetKey,
  found: { readonly kind: ActorKind; readonly delegated: Address | null },
): Promise<Address | Refusal> {
  if (protocolOf(address) !== PROTOCOL.id) return address;
  if (found.kind === 'account') {
    const own = await lotus.accountKey(address, key);
    return own ?? refuse('address-not-payable', 'That account has no key.');
  }
  return found.delegated ?? address;
}

/**
 * What is at the address at this tipset, and whether it may be paid.
 * @returns the payee, or the refusal address-not-payable
 */
export async function examinePayee(lotus: Lotus, address: Address, key: TipsetKey): Promise<Payee | Refusal> {
  const found = await kindOf(lotus, address, key);
  const paid = await paidForm(lotus, address, key, found);
  if (isRefusal(paid)) return paid;
  const rule = payeeRule(paid, found.kind);
  return isRefusal(rule) ? rule : { ...rule, address: paid, kind: found.kind };
}
