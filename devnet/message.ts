import { addressToBytes, type Address } from './address';
import { encodeCbor, type Cbor } from './cbor';
import { cidOf, type Cid } from './cid';
import { bigToBytes } from './token';

/** A chain message; amounts in attoFIL, params as raw CBOR bytes. */
export interface Message {
  readonly version: number;
  readonly to: Address;
  readonly from: Address;
  readonly nonce: number;
  readonly value: bigint;
  readonly gasLimit: number;
  readonly gasFeeCap: bigint;
  readonly gasPremium: bigint;
  readonly method: number;
  readonly params: Uint8Array;
}

export const SECP256K1 = 1;
export const BLS = 2;

export interface Signature {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface SignedMessage {
  readonly message: Message;
  readonly signature: Signature;
  /** CID of the unsigned message: what is signed. */
  readonly unsignedCid: Cid;
  /** CID on chain: of message and signature for secp256k1, of the message for BLS. */
  readonly cid: Cid;
  /** Bytes on chain, for gas. */
  readonly size: number;
}

function messageCbor(m: Message): Cbor {
  return [
    m.version,
    addressToBytes(m.to),
    addressToBytes(m.from),
    m.nonce,
    bigToBytes(m.value),
    m.gasLimit,
    bigToBytes(m.gasFeeCap),
    bigToBytes(m.gasPremium),
    m.method,
    m.params,
  ];
}

export const encodeMessage = (m: Message): Uint8Array => encodeCbor(messageCbor(m));
export const messageCid = (m: Message): Cid => cidOf(encodeMessage(m));

export function encodeSigned(message: Message, signature: Signature): Uint8Array {
  return encodeCbor([messageCbor(message), Uint8Array.of(signature.type, ...signature.data)]);
}

/** Puts message and signature together with both CIDs. */
export function signedMessage(message: Message, signature: Signature): SignedMessage {
  const plain = encodeMessage(message);
  const unsignedCid = cidOf(plain);
  if (signature.type === BLS)
    return { message, signature, unsignedCid, cid: unsignedCid, size: plain.length };
  const signed = encodeSigned(message, signature);
  return { message, signature, unsignedCid, cid: cidOf(signed), size: signed.length };
}

/** Gas cost reserved before execution: limit × fee cap. */
export const requiredFunds = (m: Message): bigint => BigInt(m.gasLimit) * m.gasFeeCap;

/** Whether two messages differ at most in their gas fields (Lotus' EqualCall). */
export function sameCall(a: Message, b: Message): boolean {
  return (
    a.version === b.version &&
    a.to === b.to &&
    a.from === b.from &&
    a.nonce === b.nonce &&
    a.value === b.value &&
    a.method === b.method &&
    Buffer.from(a.params).equals(b.params)
  );
}

export const base64 = (bytes: Uint8Array): string | null =>
  bytes.length === 0 ? null : Buffer.from(bytes).toString('base64');

export const link = (cid: Cid): { '/': string } => ({ '/': cid });

/** The JSON of a message without its CID, as inside an InvocResult's trace or before signing. */
export function messageFields(m: Message): Record<string, unknown> {
  return {
    Version: m.version,
    To: m.to === '' ? '<empty>' : m.to,
    From: m.from === '' ? '<empty>' : m.from,
    Nonce: m.nonce,
    Value: m.value.toString(),
    GasLimit: m.gasLimit,
    GasFeeCap: m.gasFeeCap.toString(),
    GasPremium: m.gasPremium.toString(),
    Method: m.method,
    Params: base64(m.params),
  };
}

export const messageJson = (m: Message, cid: Cid = messageCid(m)): Record<string, unknown> => ({
  ...messageFields(m),
  CID: link(cid),
});

export const signatureJson = (s: Signature): Record<string, unknown> => ({
  Type: s.type,
  Data: Buffer.from(s.data).toString('base64'),
});

export const signedJson = (s: SignedMessage): Record<string, unknown> => ({
  Message: messageJson(s.message, s.unsignedCid),
  Signature: signatureJson(s.signature),
  CID: link(s.cid),
});
