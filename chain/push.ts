/** MpoolPush and what its answers mean: hints only; whether a message landed is read from the chain. */
import { type Lotus, LotusError } from './lotus';
import type { LotusSignedMessage } from './message';

/**
 * `pending`: the node has it, now or from before. `used`: the nonce is spent on chain. `outbid`: another attempt with a
 * premium that this one does not beat holds the nonce. `unknown`: no answer, it may or may not have arrived.
 * `refused`: the node does not take it, with its words.
 */
export type PushHint =
  | { readonly hint: 'pending' | 'used' | 'outbid' | 'unknown' }
  | { readonly hint: 'refused'; readonly words: string };

/** Hands the stored signature to the node; may be repeated for ever with the same bytes. Never throws LotusError. */
export async function push(lotus: Pick<Lotus, 'mpoolPush'>, signed: LotusSignedMessage): Promise<PushHint> {
  try {
    await lotus.mpoolPush(signed);
    return { hint: 'pending' };
  } catch (error) {
    if (error instanceof LotusError) return pushHint(error);
    throw error;
  }
}

/** Texts of notes/lotus-behaviour.md section 8 and notes/filecoin.md section 1. */
export function pushHint(error: LotusError): PushHint {
  if (error.kind !== 'rpc') return { hint: 'unknown' };
  if (
    /already in mpool: message with nonce already exists|already in mpool: validation failure/.test(
      error.text,
    )
  ) {
    return { hint: 'pending' };
  }
  if (/message nonce too low/.test(error.text)) return { hint: 'used' };
  if (/replace by fee has too low GasPremium/.test(error.text)) return { hint: 'outbid' };
  return { hint: 'refused', words: error.text };
}
