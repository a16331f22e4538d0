import { AddressError, addressFromBytes, idIn, type Address } from '../address';
import { readCbor, type CborReader } from '../cbor';
import { Abort, EXIT } from '../exit';
import { bigFromBytes } from '../token';
import type { Call } from './call';
import { mapGet } from '../persistent';

const serialization = (what: string): Abort =>
  new Abort(EXIT.serialization, `Serialization error for Cbor protocol: ${what}`);

/** Opens the parameters of a call that must have some. */
export function paramsOf(call: Call): CborReader {
  if (call.params.length === 0) throw new Abort(EXIT.illegalArgument, 'method expects arguments');
  return readCbor(call.params);
}

/** Ends the reading: nothing may be left over. */
export function finish<T>(reader: CborReader, value: T): T {
  if (!reader.done()) throw serialization('TrailingData');
  return value;
}

export function noParams(call: Call): void {
  if (call.params.length > 0) throw new Abort(EXIT.illegalArgument, 'method expects no arguments');
}

/** The start of a tuple of a fixed length. */
export function tuple(reader: CborReader, size: number): void {
  const found = reader.array();
  if (found !== size)
    throw serialization(`RequireLength { name: "tuple", expect: ${size}, value: ${found} }`);
}

export function readAddress(reader: CborReader): Address {
  try {
    return addressFromBytes(reader.bytes());
  } catch (error) {
    if (error instanceof AddressError) throw serialization(`Msg("${error.message}")`);
    throw error;
  }
}

export function readToken(reader: CborReader): bigint {
  const value = bigFromBytes(reader.bytes());
  if (value === null) throw serialization('Msg("invalid sign byte")');
  return value;
}

/** The id behind an address, as the runtime resolves it: an ID address is taken as it is. */
export const resolve = (call: Call, address: Address): number | undefined =>
  idIn(address) ?? mapGet(call.machine.state.ids, address);
