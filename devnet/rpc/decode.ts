import { AddressError, parseAddress, type Address } from '../address';
import { parseCid, type Cid } from '../cid';
import { BadParam, WrongKind } from './failure';

/** Reads one JSON parameter as Go's encoding/json would; `go` is the type named in its errors. */
export interface Decoder<T> {
  readonly go: string;
  readonly read: (value: unknown) => T;
}

export const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'object' : typeof value;
};

function readText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') throw new WrongKind(kindOf(value), 'string');
  return value;
}

function readInt(value: unknown, go: string): number {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'number') throw new WrongKind(kindOf(value), go);
  if (!Number.isInteger(value) || (go.startsWith('u') && value < 0))
    throw new WrongKind(`number ${value}`, go);
  return value;
}

const integer = (go: string): Decoder<number> => ({ go: `*${go}`, read: (value) => readInt(value, go) });

export const text: Decoder<string> = { go: '*string', read: readText };
export const int64 = integer('int64');
export const uint64 = integer('uint64');
export const epoch: Decoder<number> = {
  go: '*abi.ChainEpoch',
  read: (value) => readInt(value, 'abi.ChainEpoch'),
};
export const methodNumber: Decoder<number> = {
  go: '*abi.MethodNum',
  read: (value) => readInt(value, 'abi.MethodNum'),
};

export const bool: Decoder<boolean> = {
  go: '*bool',
  read: (value) => {
    if (value === null || value === undefined) return false;
    if (typeof value !== 'boolean') throw new WrongKind(kindOf(value), 'bool');
    return value;
  },
};

export const anything: Decoder<unknown> = { go: '*interface {}', read: (value) => value };

/** The undefined address of Go, decoded from an empty string. */
export const UNDEFINED = '' as Address;

export const address: Decoder<Address> = {
  go: '*address.Address',
  read: (value) => {
    const given = readText(value);
    if (given === '' || given === '<empty>') return UNDEFINED;
    try {
      return parseAddress(given);
    } catch (error) {
      if (error instanceof AddressError) throw new BadParam(error.message);
      throw error;
    }
  },
};

export const cid: Decoder<Cid> = {
  go: '*cid.Cid',
  read: (value) => {
    if (value === null || value === undefined) return '' as Cid;
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new BadParam(
        `invalid cid: json: cannot unmarshal ${kindOf(value)} into Go value of type struct { Cid string "json:\\"/\\"" }`,
      );
    }
    const held: unknown = Reflect.get(value, '/');
    if (typeof held !== 'string' || held === '')
      throw new BadParam('invalid cid: cid was incorrectly formatted');
    const parsed = parseCid(held);
    if (!parsed.ok) throw new BadParam(parsed.why);
    return parsed.cid;
  },
};

export function listOf<T>(item: Decoder<T>, go: string): Decoder<readonly T[] | null> {
  return {
    go: `*${go}`,
    read: (value) => {
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value)) throw new WrongKind(kindOf(value), go);
      return value.map((one) => item.read(one));
    },
  };
}

const cids = listOf(cid, '[]cid.Cid');

/** A tipset key; empty means the head. */
export const tipsetKey: Decoder<readonly Cid[]> = {
  go: '*types.TipSetKey',
  read: (value) => cids.read(value) ?? [],
};

export const bytes: Decoder<Uint8Array> = {
  go: '*[]uint8',
  read: (value) => {
    const given = readText(value);
    const decoded = Buffer.from(given, 'base64');
    const clean = given.replace(/[\r\n]/g, '');
    if (decoded.toString('base64') !== clean) {
      const bad = clean.search(/[^A-Za-z0-9+/]/);
      throw new BadParam(`illegal base64 data at input byte ${bad < 0 ? clean.length : bad}`);
    }
    return Uint8Array.from(decoded);
  },
};

export const bigInt: Decoder<bigint> = {
  go: '*big.Int',
  read: (value) => {
    const given = readText(value);
    if (!/^[+-]?\d+$/.test(given)) {
      throw new BadParam(
        `failed to parse bigint string: '${value === null ? 'null' : JSON.stringify(given)}'`,
      );
    }
    return BigInt(given.replace('+', ''));
  },
};

/** One field of a JSON object; Go matches names without regard to case, and names struct and field in errors. */
export function field<T>(source: object, struct: string, path: string, decoder: Decoder<T>, absent: T): T {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const entries = Object.entries(source);
  const entry =
    entries.find(([key]) => key === name) ??
    entries.find(([key]) => key.toLowerCase() === name.toLowerCase());
  if (entry === undefined) return absent;
  try {
    return decoder.read(entry[1]);
  } catch (error) {
    if (error instanceof WrongKind) {
      throw new BadParam(
        `json: cannot unmarshal ${error.found} into Go struct field ${struct}.${path} of type ${error.wanted}`,
      );
    }
    throw error;
  }
}
