import type { Address } from '../address';
import { requiredFunds, type SignedMessage } from '../message';
import { refuse, WHY } from './refusal';

/** The pending messages of one sender, by nonce. */
export interface Sender {
  readonly messages: Map<number, SignedMessage>;
  nextNonce: number;
}

export const MAX_PENDING = 1000;
export const MAX_PENDING_UNTRUSTED = 10;
const RBF_PERCENT = 110n;

export const newSender = (nextNonce: number): Sender => ({ messages: new Map(), nextNonce });

/** The least premium that replaces one: floor(premium × 1.10) + 1. */
export const leastReplacement = (premium: bigint): bigint => (premium * RBF_PERCENT) / 100n + 1n;

function past(sender: Sender, start: number): number {
  let nonce = start;
  while (sender.messages.has(nonce)) nonce += 1;
  return nonce;
}

function checkReplacement(from: Address, old: SignedMessage, signed: SignedMessage): void {
  const { nonce, gasPremium } = signed.message;
  const already = `message from ${from} with nonce ${nonce} already in mpool`;
  if (old.cid === signed.cid) throw refuse(`failed to add locked: ${already}: ${WHY.exists}`);
  const least = leastReplacement(old.message.gasPremium);
  if (gasPremium >= least) return;
  const raise = `increase GasPremium to ${least} from ${gasPremium} to trigger replace by fee`;
  throw refuse(`failed to add locked: ${already}, ${raise}: ${WHY.lowPremium}`);
}

/** Adds a message or throws RpcFailure; gaps are allowed and filled in silence. */
export function addTo(sender: Sender, signed: SignedMessage, limit: number): void {
  const { nonce, from } = signed.message;
  const old = sender.messages.get(nonce);
  if (old !== undefined) checkReplacement(from, old, signed);
  else if (sender.messages.size >= limit) throw refuse(`failed to add locked: ${WHY.tooMany}`);
  sender.messages.set(nonce, signed);
  if (nonce === sender.nextNonce) sender.nextNonce = past(sender, nonce);
}

/** Takes out what a tipset has included. */
export function applied(sender: Sender, nonce: number): void {
  const known = sender.messages.delete(nonce);
  if (nonce < sender.nextNonce) return;
  sender.nextNonce = known ? nonce + 1 : past(sender, nonce + 1);
}

export const inOrder = (sender: Sender): SignedMessage[] =>
  [...sender.messages.values()].sort((a, b) => a.message.nonce - b.message.nonce);

/** Gas money that the pending messages reserve, without the one at this nonce. */
export function reserved(sender: Sender, without: number): bigint {
  let sum = 0n;
  for (const [nonce, m] of sender.messages) if (nonce !== without) sum += requiredFunds(m.message);
  return sum;
}
