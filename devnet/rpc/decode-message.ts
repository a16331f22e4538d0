import type { Address } from '../address';
import { signedMessage, type Message, type Signature, type SignedMessage } from '../message';
import { address, bigInt, bytes, field, kindOf, uint64, UNDEFINED, type Decoder } from './decode';
import { WrongKind } from './failure';

const int64: Decoder<number> = { go: 'int64', read: (value) => gasNumber(value) };
const sigType: Decoder<number> = {
  go: 'crypto.SigType',
  read: (value) => {
    if (typeof value !== 'number') throw new WrongKind(kindOf(value), 'crypto.SigType');
    return value;
  },
};

function gasNumber(value: unknown): number {
  if (value === null) return 0;
  if (typeof value !== 'number') throw new WrongKind(kindOf(value), 'int64');
  if (!Number.isInteger(value)) throw new WrongKind(`number ${value}`, 'int64');
  return value;
}

/** A message with the gas fields that the sender left out marked null: Go tells them from zero. */
export interface LooseMessage extends Omit<Message, 'value' | 'gasFeeCap' | 'gasPremium'> {
  readonly value: bigint | null;
  readonly gasFeeCap: bigint | null;
  readonly gasPremium: bigint | null;
}

function asObject(value: unknown, go: string): object | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw new WrongKind(kindOf(value), go);
  return value;
}

function readLoose(value: unknown, prefix: string): LooseMessage | null {
  const source = asObject(value, 'types.Message');
  if (source === null) return null;
  const get = <T>(name: string, decoder: Decoder<T>, absent: T): T =>
    field(source, 'Message', `${prefix}${name}`, decoder, absent);
  const optional: Decoder<bigint | null> = bigInt;
  return {
    version: get('Version', uint64, 0),
    to: get<Address>('To', address, UNDEFINED),
    from: get<Address>('From', address, UNDEFINED),
    nonce: get('Nonce', uint64, 0),
    value: get('Value', optional, null),
    gasLimit: get('GasLimit', int64, 0),
    gasFeeCap: get('GasFeeCap', optional, null),
    gasPremium: get('GasPremium', optional, null),
    method: get('Method', uint64, 0),
    params: get('Params', bytes, new Uint8Array()),
  };
}

/** Fills what a sender may leave out. */
export const settled = (m: LooseMessage): Message => ({
  ...m,
  value: m.value ?? 0n,
  gasFeeCap: m.gasFeeCap ?? 0n,
  gasPremium: m.gasPremium ?? 0n,
});

/** A `*types.Message` parameter; null for JSON null (a nil pointer in Go). */
export const looseMessage: Decoder<LooseMessage | null> = {
  go: '**types.Message',
  read: (value) => readLoose(value, ''),
};

export const message: Decoder<Message | null> = {
  go: '**types.Message',
  read: (value) => {
    const loose = readLoose(value, '');
    return loose && settled(loose);
  },
};

function readSignature(value: unknown): Signature {
  const source = asObject(value, 'crypto.Signature');
  if (source === null) return { type: 0, data: new Uint8Array() };
  return {
    type: field(source, 'Signature', 'Signature.Type', sigType, 0),
    data: field(source, 'Signature', 'Signature.Data', bytes, new Uint8Array()),
  };
}

/** What MpoolPush takes. A message part that Go could not serialise (no value, no address) is refused later. */
export interface PushedMessage {
  readonly loose: LooseMessage;
  readonly signature: Signature;
}

export const pushedMessage: Decoder<PushedMessage | null> = {
  go: '**types.SignedMessage',
  read: (value) => {
    const source = asObject(value, 'types.SignedMessage');
    if (source === null) return null;
    const inner: unknown = Reflect.get(source, 'Message');
    const loose = readLoose(inner ?? {}, 'Message.');
    return { loose: loose ?? emptyMessage(), signature: readSignature(Reflect.get(source, 'Signature')) };
  },
};

function emptyMessage(): LooseMessage {
  const none = { value: null, gasFeeCap: null, gasPremium: null };
  const numbers = { version: 0, nonce: 0, gasLimit: 0, method: 0 };
  return { ...numbers, ...none, to: UNDEFINED, from: UNDEFINED, params: new Uint8Array() };
}

export const signature: Decoder<Signature | null> = {
  go: '**crypto.Signature',
  read: (value) => (asObject(value, 'crypto.Signature') === null ? null : readSignature(value)),
};

/** A signed message read back from our own log. */
export function restoreSigned(value: unknown): SignedMessage {
  const pushed = pushedMessage.read(value);
  if (pushed === null) throw new Error('a logged message is null');
  return signedMessage(settled(pushed.loose), pushed.signature);
}
