import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import type { ActorCode, Call } from './call';
import { finish, noParams, paramsOf, readAddress } from './params';
import { ACTOR_ID, actorById } from './state';

const FIRST_EXPORTED = 2 ** 24;
const CONSTRUCTOR = 1;
const PUBKEY_ADDRESS = 2;
const NOTHING = new Uint8Array();

function construct(call: Call): Uint8Array {
  const reader = paramsOf(call);
  finish(reader, readAddress(reader));
  if (call.caller !== ACTOR_ID.system) {
    throw new Abort(EXIT.forbidden, `caller ${idAddress(call.caller)} is not one of supported`);
  }
  return NOTHING;
}

/** PubkeyAddress (2): the key address of the account. */
function pubkeyAddress(call: Call): Uint8Array {
  noParams(call);
  const robust = actorById(call.machine.state, call.self)?.robust ?? null;
  if (robust === null) throw new Abort(EXIT.illegalState, `account ${call.self} has no key`);
  return encodeCbor(addressToBytes(robust));
}

/**
 * The account actor. It takes any exported method number in silence, so that contracts can notify it (FRC-0042);
 * AuthenticateMessage is not among what is simulated.
 */
export const accountCode: ActorCode = (call) => {
  if (call.method === CONSTRUCTOR) return construct(call);
  if (call.method === PUBKEY_ADDRESS) return pubkeyAddress(call);
  if (call.method >= FIRST_EXPORTED) return NOTHING;
  throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
};
