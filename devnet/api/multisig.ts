import { idAddress, type Address } from '../address';
import { base64 } from '../message';
import type { MultisigState } from '../multisig/state';
import type { Node } from '../node';
import { address, tipsetKey } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { mustActor } from '../vm/lookup';
import type { Actor, State } from '../vm/state';
import { stateTipset } from './tipset-at';

function mustMultisig(state: State, at: Address): { actor: Actor; multisig: MultisigState } {
  const actor = mustActor(state, at, 'failed to load multisig actor: ');
  if (actor.multisig === null) {
    throw new RpcFailure(`failed to load multisig actor state: actor code is not multisig: ${actor.kind}`);
  }
  return { actor, multisig: actor.multisig };
}

const pendingJson = ({ pending }: MultisigState): unknown[] =>
  [...pending].map(([ID, txn]) => ({
    ID,
    To: txn.to,
    Value: txn.value.toString(),
    Method: txn.method,
    Params: base64(txn.params),
    Approved: txn.approved.map((id) => idAddress(id)),
  }));

/** Reads of a multisig actor; none here locks its balance, so all of it is available and nothing vests. */
export function multisigMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  return {
    MsigGetAvailableBalance: method('read', at, (who, key) =>
      mustMultisig(stateTipset(node, key).before.state, who).actor.balance.toString(),
    ),
    MsigGetPending: method('read', at, (who, key) =>
      pendingJson(mustMultisig(stateTipset(node, key).before.state, who).multisig),
    ),
    MsigGetVestingSchedule: method('read', at, (who, key) => {
      mustMultisig(stateTipset(node, key).before.state, who);
      return { InitialBalance: '0', StartEpoch: 0, UnlockDuration: 0 };
    }),
  };
}
