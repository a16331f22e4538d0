/**
 * Filecoin messages: canonical CBOR, both CIDs, secp256k1 and BLS signatures and the JSON that Lotus takes.
 * Pinned by the golden vectors of notes/filecoin.md, section 2.
 */
import { secp256k1 } from '@noble/curves/secp256k1';
import {
  type Address,
  addressBytes,
  type AddressPrefix,
  blsAddress,
  PROTOCOL,
  protocolOf,
  secp256k1Address,
} from '../domain/address';
import { bigintBytes } from './bigint-bytes';
import { blsPublicKey, signBls } from './bls';
import { cborEncode, type CborValue } from './cbor';
import { blake2b256, cidBytes, cidOf, printCid } from './cid';

export interface Gas {
  readonly gasLimit: number;
  /** attoFIL a unit of gas, at most. */
  readonly gasFeeCap: bigint;
  /** attoFIL a unit of gas to the block's miner. */
  readonly gasPremium: bigint;
}

/** What a message does; gas and nonce aside. */
export interface Call {
  readonly from: Address;
  readonly to: Address;
  /** attoFIL. */
  readonly value: bigint;
  readonly method: number;
  readonly params: Uint8Array;
}

export interface Message extends Call, Gas {
  readonly nonce: number;
}

export interface SignedMessage {
  readonly message: Message;
  /** secp256k1: 65 bytes, r, s, recovery bit. BLS: 96 bytes. */
  readonly signature: Uint8Array;
  /** CID of the message alone; what the signature is over. */
  readonly cidUnsigned: string;
  /** CID under which the message stands on chain and MpoolPush answers; for BLS that of the message alone. */
  readonly cidSigned: string;
  /** CBOR of the signed message: [message, type byte‖signature]. */
  readonly bytes: Uint8Array;
}

/** A message as Lotus JSON has it: amounts as decimal text, params base64 or null. */
export interface LotusMessage {
  readonly Version: number;
  readonly To: string;
  readonly From: string;
  readonly Nonce: number;
  readonly Value: string;
  readonly GasLimit: number;
  readonly GasFeeCap: string;
  readonly GasPremium: string;
  readonly Method: number;
  readonly Params: string | null;
}

export interface LotusSignedMessage {
  readonly Message: LotusMessage;
  readonly Signature: { readonly Type: number; readonly Data: string };
}

/** The type byte before a signature. */
export const SIGNATURE_TYPE = { secp256k1: 1, bls: 2 } as const;

function messageValue(message: Message): CborValue {
  return [
    0n,
    addressBytes(message.to),
    addressBytes(message.from),
    BigInt(message.nonce),
    bigintBytes(message.value),
    BigInt(message.gasLimit),
    bigintBytes(message.gasFeeCap),
    bigintBytes(message.gasPremium),
    BigInt(message.method),
    message.params,
  ];
}

/** Canonical CBOR of a message. */
export function encodeMessage(message: Message): Uint8Array {
  return cborEncode(messageValue(message));
}

/** CID of the message alone. */
export function messageCid(message: Message): string {
  return cidOf(encodeMessage(message));
}

/** Signs with a private key (32 bytes; BLS as chain/bls.ts has it); refuses a key that is not the sender's. */
export function signMessage(message: Message, privateKey: Uint8Array): SignedMessage {
  const bls = protocolOf(message.from) === PROTOCOL.bls;
  const prefix = prefixOf(message.from);
  const own = bls
    ? blsAddress(blsPublicKey(privateKey), prefix)
    : secp256k1Address(secp256k1.getPublicKey(privateKey, false), prefix);
  if (own !== message.from)
    throw new RangeError(`the key belongs to ${own}, the message is from ${message.from}`);
  const unsigned = cidBytes(encodeMessage(message));
  const cidUnsigned = printCid(unsigned);
  const signature = bls ? signBls(unsigned, privateKey) : signDigest(blake2b256(unsigned), privateKey);
  const bytes = cborEncode([
    messageValue(message),
    Uint8Array.from([signatureType(message.from), ...signature]),
  ]);
  return { message, signature, cidUnsigned, cidSigned: bls ? cidUnsigned : cidOf(bytes), bytes };
}

function signatureType(from: Address): number {
  return protocolOf(from) === PROTOCOL.bls ? SIGNATURE_TYPE.bls : SIGNATURE_TYPE.secp256k1;
}

/** r‖s‖recovery bit, 65 bytes, over a 32-byte digest. */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(digest, privateKey);
  return Uint8Array.from([...signature.toBytes('compact'), signature.recovery]);
}

/** The address whose key signed the digest, or null where the signature is none. */
export function recoverSigner(
  digest: Uint8Array,
  signature: Uint8Array,
  prefix: AddressPrefix,
): Address | null {
  const recovery = signature[64] ?? 4;
  if (signature.length !== 65 || recovery > 3) return null;
  try {
    const compact = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact').addRecoveryBit(
      recovery,
    );
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is missing from the 1.9.7 types
    const publicKey = compact.recoverPublicKey(digest);
    return secp256k1Address(publicKey.toBytes(false), prefix);
  } catch (error) {
    // noble throws on r, s or points that are no signature at all: that is the answer, not a fault.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** The JSON that MpoolPush takes. */
export function toLotusSigned(signed: SignedMessage): LotusSignedMessage {
  return {
    Message: toLotus(signed.message),
    Signature: {
      Type: signatureType(signed.message.from),
      Data: Buffer.from(signed.signature).toString('base64'),
    },
  };
}

/** The JSON that estimates and calls take. */
export function toLotus(message: Message): LotusMessage {
  return {
    Version: 0,
    To: message.to,
    From: message.from,
    Nonce: message.nonce,
    Value: message.value.toString(),
    GasLimit: message.gasLimit,
    GasFeeCap: message.gasFeeCap.toString(),
    GasPremium: message.gasPremium.toString(),
    Method: message.method,
    Params: message.params.length === 0 ? null : Buffer.from(message.params).toString('base64'),
  };
}

function prefixOf(address: Address): AddressPrefix {
  return address.startsWith('t') ? 't' : 'f';
}
