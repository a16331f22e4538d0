/**
 * What an outside person does with a key on a Filecoin node: hold it, sign texts, send messages and wait for them.
 * Shared by the wallet command, the demo and tests; knows nothing of the platform.
 */
import { secp256k1 } from '@noble/curves/secp256k1';
import { blsPublicKey, newBlsKey, signBls } from '../chain/bls';
import { blake2b256 } from '../chain/cid';
import type { Lotus } from '../chain/lotus';
import { type Message, signDigest, signMessage, SIGNATURE_TYPE, toLotusSigned } from '../chain/message';
import { METHOD } from '../chain/method';
import { push } from '../chain/push';
import {
  type Address,
  addressFrom,
  type AddressPrefix,
  blsAddress,
  PROTOCOL,
  protocolOf,
  secp256k1Address,
} from '../domain/address';

/** Of keys, as Lotus names them: secp256k1 has f1 addresses, bls has f3. */
export type KeyType = 'secp256k1' | 'bls';

export interface Key {
  /** f1 or f3 address of the key, or t1, t3: it tells the type. */
  readonly address: Address;
  /** 32 bytes as Lotus keeps them: big-endian for secp256k1, little-endian for BLS. */
  readonly privateKeyHex: string;
}

/**
 * The key of a secp256k1 private key (64 hex digits).
 * @param like a network prefix ('f', 't'), or the address that the key must have.
 */
export function keyOf(privateKeyHex: string, like: string): Key {
  const prefix: AddressPrefix = like.startsWith('t') ? 't' : 'f';
  const address = secp256k1Address(secp256k1.getPublicKey(privateKeyHex, false), prefix);
  if (like.length > 1 && like !== address) throw new Error(`the key belongs to ${address}, not to ${like}`);
  return { address, privateKeyHex };
}

/** The key of a BLS private key (64 hex digits, little-endian). */
export function blsKeyOf(privateKeyHex: string, prefix: AddressPrefix): Key {
  return { address: blsAddress(blsPublicKey(Buffer.from(privateKeyHex, 'hex')), prefix), privateKeyHex };
}

/** A key from the system's randomness. */
export function newKey(prefix: AddressPrefix, type: KeyType = 'secp256k1'): Key {
  return type === 'bls'
    ? blsKeyOf(Buffer.from(newBlsKey()).toString('hex'), prefix)
    : keyOf(Buffer.from(secp256k1.utils.randomSecretKey()).toString('hex'), prefix);
}

const isBls = ({ address }: Key): boolean => protocolOf(address) === PROTOCOL.bls;

/**
 * A key from the text of a file: 64 hex digits (secp256k1), or what `lotus wallet export` prints, hex of its JSON
 * (secp256k1 and BLS).
 */
export function readKey(text: string, prefix: AddressPrefix): Key {
  const hex = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return keyOf(hex, prefix);
  if (!/^7b(?:[0-9a-f]{2})+$/.test(hex)) {
    throw new Error('a key file holds 64 hex digits, or what `lotus wallet export` prints');
  }
  const exported: unknown = JSON.parse(Buffer.from(hex, 'hex').toString('utf8'));
  const { Type, PrivateKey } = exported as { Type?: unknown; PrivateKey?: unknown };
  if ((Type !== 'secp256k1' && Type !== 'bls') || typeof PrivateKey !== 'string') {
    throw new Error(`this wallet takes secp256k1 and BLS keys, not ${String(Type)}`);
  }
  const privateKeyHex = Buffer.from(PrivateKey, 'base64').toString('hex');
  return Type === 'bls' ? blsKeyOf(privateKeyHex, prefix) : keyOf(privateKeyHex, prefix);
}

/** The text of a file that readKey takes: plain hex for secp256k1, for BLS as `lotus wallet import` takes it too. */
export function printKey(key: Key): string {
  if (!isBls(key)) return key.privateKeyHex;
  const exported = { Type: 'bls', PrivateKey: Buffer.from(key.privateKeyHex, 'hex').toString('base64') };
  return Buffer.from(JSON.stringify(exported)).toString('hex');
}

/** Signs a text as `lotus wallet sign <address> <hex of the text>` does: hex of the type byte and the signature. */
export function signText(key: Key, text: string): string {
  const [bytes, privateKey] = [new TextEncoder().encode(text), Buffer.from(key.privateKeyHex, 'hex')];
  const signature = isBls(key)
    ? [SIGNATURE_TYPE.bls, ...signBls(bytes, privateKey)]
    : [SIGNATURE_TYPE.secp256k1, ...signDigest(blake2b256(bytes), privateKey)];
  return Buffer.from(signature).toString('hex');
}

/** A message that was executed. */
export interface Sent {
  readonly cid: string;
  readonly nonce: number;
  /** 0 = it did what it should. */
  readonly exitCode: number;
  readonly returned: Uint8Array | null;
  readonly gasUsed: number;
  /** Height of the tipset that executed it. */
  readonly executedEpoch: number;
}

export type SendStage =
  | { readonly stage: 'signed'; readonly cid: string; readonly nonce: number }
  | { readonly stage: 'waiting'; readonly cid: string; readonly headEpoch: number }
  | { readonly stage: 'executed'; readonly cid: string; readonly epoch: number; readonly exitCode: number }
  | { readonly stage: 'finalising'; readonly cid: string; readonly headEpoch: number };

export interface SendRequest {
  readonly lotus: Lotus;
  readonly key: Key;
  readonly to: string;
  /** attoFIL. */
  readonly value: bigint;
  /** Default 0, a plain transfer. */
  readonly method?: number;
  readonly params?: Uint8Array;
  /** Preset: the call is then not tried out first, so that one which will fail can be sent too. */
  readonly gasLimit?: number;
  /** Wait until the executing tipset is final, by the node (null) or this many epochs; default: until executed. */
  readonly finality?: { readonly finalityEpochs: number | null };
  readonly onStage?: (stage: SendStage) => void;
}

/** Not there after so many epochs (finality takes up to 900), or a head that stands still so long, is an error. */
const PATIENCE_EPOCHS = 1_200;
const STALL_MS = 5 * 60_000;

/**
 * Signs, pushes and waits until the message is executed (or final); pushes the same bytes again while it is not.
 * An exit code other than 0 is a result, not an error.
 */
export async function sendMessage(request: SendRequest): Promise<Sent> {
  const { lotus, key } = request;
  const say = request.onStage ?? (() => undefined);
  const call = {
    from: key.address,
    to: addressFrom(request.to),
    value: request.value,
    method: request.method ?? METHOD.send,
    params: request.params ?? new Uint8Array(),
    ...(request.gasLimit === undefined ? {} : { gasLimit: request.gasLimit }),
  };
  const gas = await lotus.estimateGas(call);
  const message: Message = { ...call, ...gas, nonce: await lotus.mpoolNonce(key.address) };
  const signed = signMessage(message, Buffer.from(key.privateKeyHex, 'hex'));
  const cid = signed.cidSigned;
  say({ stage: 'signed', cid, nonce: message.nonce });
  const sent = await untilExecuted(lotus, { cid, nonce: message.nonce, signed: toLotusSigned(signed) }, say);
  say({ stage: 'executed', cid, epoch: sent.executedEpoch, exitCode: sent.exitCode });
  if (request.finality !== undefined) await untilFinal(lotus, sent, request.finality, say);
  return sent;
}

interface Pushed {
  readonly cid: string;
  readonly nonce: number;
  readonly signed: ReturnType<typeof toLotusSigned>;
}

async function untilExecuted(lotus: Lotus, { cid, nonce, signed }: Pushed, say: (stage: SendStage) => void) {
  return untilFound(lotus, `message ${cid} to be executed`, async (headEpoch): Promise<Sent | null> => {
    const answer = await push(lotus, signed);
    if (answer.hint === 'refused') throw new Error(`the node does not take the message: ${answer.words}`);
    const found = answer.hint === 'unknown' ? null : await lotus.searchMsg(cid);
    if (found === 'replaced') throw new Error(`another message used nonce ${nonce}`);
    if (found === null) {
      say({ stage: 'waiting', cid, headEpoch });
      return null;
    }
    const { exitCode, returned, gasUsed } = found.receipt;
    return { cid: found.cid, nonce, exitCode, returned, gasUsed, executedEpoch: found.executedHeight };
  });
}

async function untilFinal(
  lotus: Lotus,
  sent: Sent,
  finality: { readonly finalityEpochs: number | null },
  say: (stage: SendStage) => void,
): Promise<void> {
  await untilFound(lotus, `message ${sent.cid} to be final`, async (headEpoch) => {
    const final = await lotus.finalizedTipset(finality);
    if (final !== null && final.height >= sent.executedEpoch) return true;
    say({ stage: 'finalising', cid: sent.cid, headEpoch });
    return null;
  });
}

/** Looks at each new head until `look` finds something; gives up when the head stands still or patience ends. */
async function untilFound<T>(
  lotus: Lotus,
  what: string,
  look: (headEpoch: number) => Promise<T | null>,
): Promise<T> {
  const { epochSeconds } = await lotus.network();
  const longest = Math.min(3_000, Math.max(200, epochSeconds * 250));
  let pauseMs = 50;
  let head = -1;
  let movedAt = Date.now();
  let first: number | null = null;
  for (;;) {
    const { height } = await lotus.chainHead();
    if (height !== head) {
      first ??= height;
      head = height;
      movedAt = Date.now();
      pauseMs = 50;
      const found = await look(height);
      if (found !== null) return found;
    }
    if (height - (first ?? height) > PATIENCE_EPOCHS) throw new Error(`gave up waiting for ${what}`);
    if (Date.now() - movedAt > STALL_MS)
      throw new Error(`the chain stands still at ${head}: no way for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(longest, pauseMs * 2);
  }
}
