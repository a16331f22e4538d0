/**
 * What only the signer process does: derive addresses, bind nonces, sign. It reads messages from the database and
 * checks policy itself; an activity's arguments name a row and propose gas, nothing else.
 */
import type { Knex } from 'knex';
import { ACCOUNT } from '../chain/derivation';
import { maxCost, replacementGas } from '../chain/gas';
import { checkHead } from '../chain/head';
import type { Keystore } from '../chain/keystore';
import type { Actor, Lotus } from '../chain/lotus';
import type { Gas } from '../chain/message';
import {
  type Attempt,
  bindAndSign,
  bound,
  lockSender,
  newestAttempt,
  type Sender,
  type Sign,
  signReplacement,
  successorOf,
} from '../chain/outbox';
import { checkApproval, checkFee, checkShape } from '../chain/policy';
import { checkToCold } from '../chain/policy-custody';
import { checkFrozen } from '../chain/policy-freeze';
import { checkCollateral, lookAtCollateral } from '../chain/policy-collateral';
import { checkOwnerRole, lookAtOwners } from '../chain/policy-owner';
import { checkWithdrawal, holdGround, lookAtPayee } from '../chain/policy-withdrawal';
import { assignAddress, ownAddress } from '../db/address';
import { readCursor } from '../db/clock';
import { readMessage, type StoredMessage } from '../db/message';
import type { Address } from '../domain/address';
import { atto, type Atto, formatCoins } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { fromGasText, type GasText } from './message';
import { refusing } from './refusal';
import { makeUnfreezeActivities } from './signer-unfreeze';

export interface SignerDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly keystore: Keystore;
  /** Most that one message's gas may cost, attoFIL. */
  readonly maxFee: Atto;
  /** null = the node's own finalised tipset. */
  readonly finalityEpochs: number | null;
  /** Epochs that the head may stand still before signing stops. */
  readonly stalledEpochs: number;
  /** The one address that FIL may leave the hot wallet to for cold keeping; absent = none. */
  readonly coldAddress?: Address | null;
}

export interface SignedAs {
  readonly attemptId: number;
  readonly cid: string;
  readonly nonce: number;
}

/** The signer's activities; queue `signer`. */
export function makeSignerActivities(deps: SignerDeps) {
  return {
    ...makeUnfreezeActivities(deps),
    /** An escrow or repayment address for a loan; the same owner gets the same one for ever. */
    deriveAddress: (input: {
      readonly kind: 'escrow' | 'repayment';
      readonly ownerKind: string;
      readonly ownerId: string;
    }): Promise<{ address: Address }> => deriveAddress(deps, input),
    signMessage: refusing((input: { readonly messageId: string; readonly gas: GasText }) =>
      signMessage(deps, input.messageId, fromGasText(input.gas)),
    ),
    replaceMessage: refusing(
      (input: { readonly messageId: string; readonly attemptId: number; readonly gas: GasText }) =>
        replaceMessage(deps, { ...input, gas: fromGasText(input.gas) }),
    ),
  };
}

async function deriveAddress(
  { knex, lotus, keystore }: SignerDeps,
  input: { readonly kind: 'escrow' | 'repayment'; readonly ownerKind: string; readonly ownerId: string },
): Promise<{ address: Address }> {
  const { prefix } = await lotus.network();
  const address = await assignAddress(knex, input, {
    account: ACCOUNT[input.kind],
    derive: (index) => keystore.address(input.kind, index, prefix),
  });
  return { address };
}

/** The sender as the head shows it; nonce and balance of one tipset, so that they fit together. */
interface Sight {
  readonly headKey: Parameters<Lotus['lookupId']>[1];
  readonly headEpoch: number;
  readonly finalizedEpoch: number;
  readonly actor: Actor;
}

async function signMessage(deps: SignerDeps, messageId: string, gas: Gas): Promise<SignedAs> {
  const known = await newestAttempt(deps.knex, messageId);
  if (known !== null) return signedAs(known);
  const asked = await readMessage(deps.knex, messageId);
  const { from } = asked;
  const sight = await lookAt(deps, from);
  const owners = await lookAtOwners(deps.knex, deps.lotus, asked, sight.headKey);
  const collateral = await lookAtCollateral(deps.knex, deps.lotus, asked, sight.headKey);
  const payee = await lookAtPayee(deps.lotus, asked, sight.headKey);
  const sign = await signerOf(deps, from);
  const attempt = await deps.knex.transaction(async (trx) => {
    await holdGround(trx, asked);
    const sender = await lockSender(trx, from);
    const meanwhile = await newestAttempt(trx, messageId);
    if (meanwhile !== null) return meanwhile;
    const message = await readMessage(trx, messageId);
    if (message.state !== 'draft') throw new RefusalError('wrong-state', `The message is ${message.state}.`);
    if (await foreignUse(trx, from, sender, sight)) return null;
    checkSender(sender, sight);
    await checkFrozen(trx, message);
    checkFee(gas, deps.maxFee);
    await checkShape(trx, message);
    await checkOwnerRole(trx, message, owners);
    checkCollateral(message, collateral);
    await checkWithdrawal(trx, message, payee);
    const value = await valueOf(trx, message, { sight, gas, maxFee: deps.maxFee });
    await checkApproval(trx, { ...message, value });
    await checkToCold(trx, message, { coldAddress: deps.coldAddress ?? null, actor: sight.actor });
    return bindAndSign(trx, sender, { message, value, gas, ...sight }, sign);
  });
  if (attempt === null) throw new RefusalError('sender-frozen', `${from} was used outside the platform.`);
  return signedAs(attempt);
}

async function replaceMessage(
  deps: SignerDeps,
  input: { readonly messageId: string; readonly attemptId: number; readonly gas: Gas },
): Promise<SignedAs> {
  const { messageId, attemptId } = input;
  const { from } = await readMessage(deps.knex, messageId);
  const sight = await lookAt(deps, from);
  const sign = await signerOf(deps, from);
  const attempt = await deps.knex.transaction(async (trx) => {
    const sender = await lockSender(trx, from);
    const known = await successorOf(trx, attemptId);
    if (known !== null) return known;
    checkSender(sender, sight);
    const old = await newestAttempt(trx, messageId);
    const message = await readMessage(trx, messageId);
    if (old?.id !== attemptId || !['signed', 'pushed'].includes(message.state)) {
      throw new RefusalError('wrong-state', 'There is nothing to replace: the message moved on.');
    }
    await checkFrozen(trx, message);
    const gas = replacementGas(old.gas, input.gas, deps.maxFee);
    if (gas === null)
      throw new RefusalError('gas-above-policy', 'Policy leaves no room for a dearer attempt.');
    // What the slot already binds counts its dearest attempt; only the difference must still be there.
    const extra = maxCost(gas) - maxCost(old.gas);
    const free = sight.actor.balance - (await bound(trx, from, sight.actor.nonce));
    if (free < extra) throw new RefusalError('funds-short', 'Not enough for the gas of a dearer attempt.');
    return signReplacement(trx, old, { message, gas, headEpoch: sight.headEpoch }, sign);
  });
  return signedAs(attempt);
}

/** @throws RefusalError head-stalled, chain-turned: neither a dead chain nor an old copy may guide us. */
async function lookAt(deps: SignerDeps, from: Address): Promise<Sight> {
  const { knex, lotus, finalityEpochs } = deps;
  const [head, finalized, cursor] = await Promise.all([
    lotus.chainHead(),
    lotus.finalizedTipset({ finalityEpochs }),
    readCursor(knex),
  ]);
  const finalizedEpoch = finalized?.height ?? 0;
  await checkHead(deps, { head, finalizedEpoch, cursor });
  const actor = await lotus.getActor(from, head.key);
  if (actor === null) throw new RefusalError('funds-short', `${from} holds nothing on chain yet.`);
  return { headKey: head.key, headEpoch: head.height, finalizedEpoch, actor };
}

async function signerOf({ knex, keystore }: SignerDeps, from: Address): Promise<Sign> {
  const { kind, index } = await ownAddress(knex, from);
  if (kind === 'cold') throw new Error(`${from} is cold: we do not hold its key`);
  return (message) => keystore.sign(message, kind, index);
}

function checkSender(sender: Sender, sight: Sight): void {
  if (sender.mode !== 'active') {
    throw new RefusalError('sender-frozen', `The sender is ${sender.mode}: ${sender.frozenReason ?? ''}`);
  }
  if (sight.finalizedEpoch < sender.finalizedSeen) {
    const behind = `The node is behind: final at ${sight.finalizedEpoch}, we signed at ${sender.finalizedSeen}.`;
    throw new RefusalError('chain-turned', behind);
  }
}

/**
 * The chain counts more nonces than we ever bound: the key is used elsewhere. The sender is frozen (and the
 * transaction must commit, so the refusal is thrown after it).
 */
async function foreignUse(
  trx: Knex.Transaction,
  address: Address,
  sender: Sender,
  sight: Sight,
): Promise<boolean> {
  if (sight.actor.nonce <= sender.nextNonce) return false;
  const reason = `the chain is at nonce ${sight.actor.nonce}, we bound up to ${sender.nextNonce}`;
  await trx('chain.sender').where({ address }).update({ mode: 'frozen', frozen_reason: reason });
  return true;
}

/**
 * The value to sign. The node accepts more than the balance (exit 6 later), so that the check is ours: value and gas
 * must fit into the balance beside everything that other open slots may still take. "Everything" leaves the highest
 * fee that policy allows, so that a dearer attempt always fits. The chain looked at has all that is booked (`lookAt`).
 */
async function valueOf(
  trx: Knex.Transaction,
  message: StoredMessage,
  by: { readonly sight: Sight; readonly gas: Gas; readonly maxFee: Atto },
): Promise<Atto> {
  const { actor } = by.sight;
  const free = actor.balance - (await bound(trx, message.from, actor.nonce));
  const value = message.everything ? atto(free - by.maxFee) : message.value;
  if (value === null) throw new Error(`message ${message.id} has no value`);
  // Another message of ours took it along: on a chain that is as far as the books, no waiting brings it back.
  if (message.everything && value <= 0n)
    throw new RefusalError('nothing-to-send', `${message.from} holds ${formatCoins(free)} FIL for its gas.`);
  const needed = value + maxCost(by.gas);
  if (needed > free) {
    const short = `needs ${formatCoins(needed)} FIL with gas, ${formatCoins(free)} FIL is free`;
    throw new RefusalError('funds-short', `${message.from} ${short}.`);
  }
  return value;
}

function signedAs(attempt: Attempt): SignedAs {
  return { attemptId: attempt.id, cid: attempt.cid, nonce: attempt.nonce };
}
