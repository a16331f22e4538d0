import { AddressError, addressFromBytes, type Address } from '../address';
import { CborEnd, CborMismatch, readCbor, type CborReader } from '../cbor';
import type { Node } from '../node';
import { address, bytes, methodNumber, tipsetKey } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { bigFromBytes } from '../token';
import { exported } from '../vm/exported';
import { mustActor } from '../vm/lookup';
import { codeOf, type ActorKind } from '../vm/state';
import { stateTipset } from './tipset-at';

type Reading = (reader: CborReader) => unknown;

/** Reads an item; one of another kind is refused in the words of cbor-gen for that kind. */
function expecting<T>(words: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborMismatch) throw new RpcFailure(words);
    throw error;
  }
}

const readAddress = (reader: CborReader): Address =>
  addressFromBytes(expecting('cbor type for address unmarshal was not byte string', () => reader.bytes()));
const amount = (reader: CborReader): string => (bigFromBytes(reader.bytes()) ?? 0n).toString();

function fields(reader: CborReader, shape: Readonly<Record<string, Reading>>): Record<string, unknown> {
  const names = Object.entries(shape);
  const size = expecting('cbor input should be of type array', () => reader.array());
  if (size !== names.length) throw new RpcFailure('cbor input had wrong number of fields');
  return Object.fromEntries(names.map(([name, read]) => [name, read(reader)]));
}

const list = (read: Reading) => (reader: CborReader) => {
  const found = Array.from({ length: reader.array() }, () => read(reader));
  return found.length === 0 ? null : found;
};
const base64 = (reader: CborReader): string => Buffer.from(reader.bytes()).toString('base64');

const changeWorker: Reading = (r) =>
  fields(r, { NewWorker: readAddress, NewControlAddrs: list(readAddress) });
const withdraw: Reading = (r) => fields(r, { AmountRequested: amount });
const changeBeneficiary: Reading = (r) =>
  fields(r, { NewBeneficiary: readAddress, NewQuota: amount, NewExpiration: (x) => x.int() });

const SHAPES: Partial<Record<ActorKind, Readonly<Record<number, Reading>>>> = {
  storageminer: {
    3: changeWorker,
    16: withdraw,
    23: readAddress,
    30: changeBeneficiary,
    [exported('ChangeWorkerAddress')]: changeWorker,
    [exported('WithdrawBalance')]: withdraw,
    [exported('ChangeOwnerAddress')]: readAddress,
    [exported('ChangeBeneficiary')]: changeBeneficiary,
  },
  storagepower: {
    2: (r) =>
      fields(r, {
        Owner: readAddress,
        Worker: readAddress,
        WindowPoStProofType: (x) => x.int(),
        Peer: base64,
        Multiaddrs: list(base64),
      }),
  },
};
const WITHOUT = new Set([
  0,
  2,
  21,
  22,
  31,
  ...['ConfirmChangeWorkerAddress', 'RepayDebt', 'GetBeneficiary', 'GetOwner'].map(exported),
  ...['GetSectorSize', 'GetAvailableBalance', 'GetVestingFunds', 'GetPeerID', 'GetMultiaddrs'].map(exported),
]);

function decode(kind: ActorKind, number: number, params: Uint8Array): unknown {
  const read = SHAPES[kind]?.[number];
  if (read === undefined) {
    if (number === 0 || (kind === 'storageminer' && WITHOUT.has(number))) return {};
    throw new RpcFailure(`getting params type: unknown method ${number} for actor ${codeOf(kind)}`);
  }
  try {
    return read(readCbor(params));
  } catch (error) {
    if (error instanceof CborEnd) throw new RpcFailure(params.length === 0 ? 'EOF' : 'unexpected EOF');
    if (error instanceof CborMismatch || error instanceof AddressError) throw new RpcFailure(error.message);
    throw error;
  }
}

/** StateDecodeParams for the methods that this chain knows. */
export function decodeParamsMethods(node: Node): Methods {
  return {
    StateDecodeParams: method('read', [address, methodNumber, bytes, tipsetKey], (who, number, params, key) =>
      decode(mustActor(stateTipset(node, key).before.state, who, 'getting actor: ').kind, number, params),
    ),
  };
}
