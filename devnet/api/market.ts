import type { Address } from '../address';
import type { Cid } from '../cid';
import type { Node } from '../node';
import { address, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { ACTOR_NOT_FOUND, lookupId } from '../vm/lookup';
import { stateTipset } from './tipset-at';

/** The market and the verified registry of a chain on which nobody deals: any ID address may be asked for. */
export function marketMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  const known = (who: Address, key: readonly Cid[]): boolean =>
    lookupId(stateTipset(node, key).before.state, who) !== null;
  const check = (who: Address, key: readonly Cid[]): void => {
    if (!known(who, key)) throw new RpcFailure('actor not found', ACTOR_NOT_FOUND);
  };
  const ofOne = (shown: unknown): Methods[string] =>
    method('read', at, (who, key) => {
      check(who, key);
      return shown;
    });
  const numbered = method('read', [address, uint64, tipsetKey], (who, _id, key) => {
    check(who, key);
    return null;
  });
  return {
    StateMarketBalance: method('read', at, (who, key) => {
      if (!known(who, key)) throw new RpcFailure(`resolve address ${who}: actor not found`);
      return { Escrow: '0', Locked: '0' };
    }),
    StateMarketParticipants: method('read', [tipsetKey], () => ({})),
    StateMarketDeals: method('read', [tipsetKey], () => ({})),
    StateVerifiedClientStatus: ofOne(null),
    StateVerifierStatus: ofOne(null),
    StateGetClaim: numbered,
    StateGetClaims: ofOne({}),
    StateGetAllocation: numbered,
    StateGetAllocations: ofOne({}),
  };
}
