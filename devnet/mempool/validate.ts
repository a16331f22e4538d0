import { addressOfKey } from '../address';
import { cidToBytes } from '../cid';
import { BLS, SECP256K1, type SignedMessage } from '../message';
import type { LooseMessage } from '../rpc/decode-message';
import { whyInvalid } from '../signature';
import { TOTAL_FIL } from '../token';
import { BLOCK_GAS_LIMIT, onChainMessage } from '../vm/prices';
import { refuse, WHY } from './refusal';

const MAX_SIZE = 64 * 1024;
const MINIMUM_FEE_CAP = 100n;
const BLS_SIGNATURE = 96;
const DELEGATED = 3;
const INFINITY_KEY = Uint8Array.of(0xc0, ...new Uint8Array(47));

type Rule = (m: LooseMessage) => string | null;

const when = (broken: boolean, text: string): string | null => (broken ? text : null);
const isZeroAddress = (m: LooseMessage): boolean => m.to !== '' && m.to === addressOfKey('bls', INFINITY_KEY);

/** Lotus' Message.ValidForBlockInclusion, rule by rule, in its order. */
const RULES: readonly Rule[] = [
  (m) => when(m.version !== 0, "'Version' unsupported"),
  (m) => when(m.to === '', "'To' address cannot be empty"),
  (m) => when(isZeroAddress(m), "invalid 'To' address"),
  (m) => when(m.from === '', "'From' address cannot be empty"),
  (m) => when(m.value === null, "'Value' cannot be nil"),
  (m) => when((m.value ?? 0n) < 0n, "'Value' field cannot be negative"),
  (m) => when((m.value ?? 0n) > TOTAL_FIL, "'Value' field cannot be greater than total filecoin supply"),
  (m) => when(m.gasFeeCap === null, "'GasFeeCap' cannot be nil"),
  (m) => when((m.gasFeeCap ?? 0n) < 0n, "'GasFeeCap' field cannot be negative"),
  (m) => when(m.gasPremium === null, "'GasPremium' cannot be nil"),
  (m) => when((m.gasPremium ?? 0n) < 0n, "'GasPremium' field cannot be negative"),
  (m) => when((m.gasPremium ?? 0n) > (m.gasFeeCap ?? 0n), "'GasFeeCap' less than 'GasPremium'"),
  (m) =>
    when(
      m.gasLimit > BLOCK_GAS_LIMIT,
      `'GasLimit' field cannot be greater than a block's gas limit (${m.gasLimit} > ${BLOCK_GAS_LIMIT})`,
    ),
  (m) => when(m.gasLimit <= 0, `'GasLimit' field ${m.gasLimit} must be positive`),
];

/** Why a message could never be in a block; null when it could. */
export function whyNotIncludable(m: LooseMessage): string | null {
  for (const rule of RULES) {
    const broken = rule(m);
    if (broken !== null) return broken;
  }
  return null;
}

export function whyTooLittleGas(signed: Pick<SignedMessage, 'message' | 'size'>): string | null {
  const least = onChainMessage(signed.size);
  const { gasLimit } = signed.message;
  const text = `'GasLimit' field cannot be less than the cost of storing a message on chain ${gasLimit} < ${least}`;
  return gasLimit < least ? text : null;
}

function checkSignature(signed: SignedMessage): void {
  const { type, data } = signed.signature;
  const failed = (why: string): Error => refuse(`signature verification failed: ${why}`);
  if (type === BLS && data.length !== BLS_SIGNATURE) throw failed('bls signature incorrectly sized');
  if (type !== SECP256K1 && type !== BLS && type !== DELEGATED)
    throw failed(`unrecognized signature type: ${type}`);
  const why = whyInvalid(signed.signature, signed.message.from, cidToBytes(signed.unsignedCid));
  if (why === null) return;
  throw failed(
    `failed to validate signature: invalid signature for message ${signed.cid} (type ${type}): ${why}`,
  );
}

/** The checks that need no state: Lotus' MessagePool.checkMessage. Throws RpcFailure. */
export function checkMessage(loose: LooseMessage, signed: SignedMessage): void {
  if (signed.size > MAX_SIZE) throw refuse(`mpool message too large (${signed.size}B): ${WHY.tooBig}`);
  const why = whyNotIncludable(loose);
  if (why !== null) throw refuse(`message not valid for block inclusion: ${why}`);
  if (signed.message.value >= TOTAL_FIL) throw refuse('cannot send more filecoin than will ever exist');
  if (signed.message.gasFeeCap < MINIMUM_FEE_CAP) throw refuse(WHY.feeCap);
  checkSignature(signed);
}
