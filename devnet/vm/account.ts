import { addressToBytes, idAddress, protocolOf } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import { BLS, SECP256K1 } from '../message';
import { whyInvalid } from '../signature';
import type { ActorCode, Call } from './call';
import { exported } from './exported';
import { finish, noParams, paramsOf, readAddress, tuple } from './params';
import { ACTOR_ID, actorById } from './state';

const FIRST_EXPORTED = 2 ** 24;
const CONSTRUCTOR = 1;
const PUBKEY_ADDRESS = 2;
const AUTHENTICATE = exported('AuthenticateMessage');
const BLS_PROTOCOL = 3;
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

/** AuthenticateMessage: `[signature, message]`; whether the account's key has signed the message. */
function authenticate(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const data = reader.bytes();
  const message = finish(reader, reader.bytes());
  const robust = actorById(call.machine.state, call.self)?.robust ?? null;
  if (robust === null) throw new Abort(EXIT.illegalState, `account ${call.self} has no key`);
  const type = protocolOf(robust) === BLS_PROTOCOL ? BLS : SECP256K1;
  if (whyInvalid({ type, data }, robust, message) === null) return encodeCbor(true);
  throw new Abort(EXIT.illegalArgument, 'failed to authenticate message, signature invalid');
}

/** The account actor. It takes any other exported method in silence, so that contracts can notify it (FRC-0042). */
export const accountCode: ActorCode = (call) => {
  if (call.method === CONSTRUCTOR) return construct(call);
  if (call.method === PUBKEY_ADDRESS) return pubkeyAddress(call);
  if (call.method === AUTHENTICATE) return authenticate(call);
  if (call.method >= FIRST_EXPORTED) return NOTHING;
  throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
};
