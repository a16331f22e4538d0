import { idAddress, idIn, protocolOf, type Address } from '../address';
import { RpcFailure } from '../rpc/failure';
import { actorAt, actorById, resolveId, type Actor, type State } from './state';

export const ACTOR_NOT_FOUND = 11;

/** Why an actor is not there, in Lotus' words. */
export function whyMissing(state: State, address: Address): string {
  if (address === '') return 'GetActor called on undefined address';
  if (resolveId(state, address) !== undefined) return 'actor not found';
  return `resolution lookup failed (${address}): resolve address ${address}: actor not found`;
}

/** The actor at an address; throws as Lotus' StateTree does, with `wrap` in front of its words. */
export function mustActor(state: State, address: Address, wrap = ''): Actor {
  const actor = address === '' ? undefined : actorAt(state, address);
  if (actor === undefined) throw new RpcFailure(`${wrap}${whyMissing(state, address)}`);
  return actor;
}

/** The ID address behind any address: an ID address is echoed, existing or not. */
export function lookupId(state: State, address: Address): Address | null {
  if (address === '') return null;
  if (idIn(address) !== null) return address;
  const id = resolveId(state, address);
  return id === undefined ? null : idAddress(id);
}

/** The key address behind an address, as StateAccountKey gives it. */
export function accountKey(state: State, address: Address): Address {
  const protocol = protocolOf(address);
  if (protocol === 1 || protocol === 3 || protocol === 4) return address;
  if (protocol === 2) throw new RpcFailure('cannot resolve actor address to key address');
  const id = resolveId(state, address);
  const actor = id === undefined ? undefined : actorById(state, id);
  if (actor === undefined) throw new RpcFailure(`failed to find actor: ${address}`);
  if (actor.delegated !== null) return actor.delegated;
  if (actor.kind !== 'account' || actor.robust === null) {
    throw new RpcFailure(
      `failed to get account actor state for ${address}: actor code is not account: ${actor.kind}`,
    );
  }
  return actor.robust;
}
