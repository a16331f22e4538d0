import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import { bigToBytes, tokenText } from '../token';
import type { Call } from '../vm/call';
import { finish, noParams, paramsOf, readToken, tuple } from '../vm/params';
import { remainingQuota } from './beneficiary';
import { burn, load, NOTHING, onlyFrom, pay, repayOrAbort, save } from './self';
import { available, unlocked, type MinerState } from './state';
import { unlockUnvested, unlockVested, vested } from './vesting';

const least = (...amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (b < a ? b : a));

function limitedByTerm(call: Call, miner: MinerState, wanted: bigint): { miner: MinerState; amount: bigint } {
  const { info } = miner;
  if (info.beneficiary === info.owner) return { miner, amount: wanted };
  const left = remainingQuota(info.term, call.machine.epoch);
  if (left === 0n) {
    const { expiration, quota, used } = info.term;
    throw new Abort(
      EXIT.forbidden,
      `beneficiary expiration of epoch ${expiration} passed or quota of ${tokenText(quota)} depleted with ${tokenText(used)} used`,
    );
  }
  const amount = least(wanted, left);
  const term = { ...info.term, used: info.term.used + amount };
  return { miner: { ...miner, info: { ...info, term } }, amount };
}

/** WithdrawBalance (16): pays min(asked, available, quota) to the beneficiary and returns what was paid. */
export function withdrawBalance(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 1);
  const asked = finish(reader, readToken(reader));
  if (asked < 0n) {
    throw new Abort(EXIT.illegalArgument, `negative fund requested for withdrawal: ${tokenText(asked)}`);
  }
  const { actor, miner } = load(call);
  onlyFrom(call, [miner.info.owner, miner.info.beneficiary]);
  const freed = unlockVested(miner, call.machine.epoch);
  const free = available(actor.balance, freed);
  const repaid = repayOrAbort(actor.balance, freed);
  const { miner: after, amount } = limitedByTerm(call, repaid.miner, least(free, asked));
  save(call, after);
  if (amount > 0n) pay(call, after.info.beneficiary, amount);
  burn(call, repaid.burnt);
  return encodeCbor(bigToBytes(amount));
}

/**
 * Repays what fee debt it can, out of the vesting table first (what has vested, then what would vest soonest), then
 * out of unlocked balance.
 */
export function repayWhatCan(
  balance: bigint,
  miner: MinerState,
  epoch: number,
): { miner: MinerState; burnt: bigint } {
  const short = miner.feeDebt - vested(miner, epoch);
  const freed = unlockVested(miner, epoch);
  const eased = short > 0n ? unlockUnvested(freed, short) : freed;
  const free = unlocked(balance, eased);
  const burnt = free <= 0n ? 0n : least(free, eased.feeDebt);
  return { miner: { ...eased, feeDebt: eased.feeDebt - burnt }, burnt };
}

/** RepayDebt (22): by owner, worker or a control address. */
export function repayDebt(call: Call): Uint8Array {
  noParams(call);
  const { actor, miner } = load(call);
  onlyFrom(call, [...miner.info.control, miner.info.worker, miner.info.owner]);
  const { miner: after, burnt } = repayWhatCan(actor.balance, miner, call.machine.epoch);
  save(call, after);
  burn(call, burnt);
  return NOTHING;
}

/** GetAvailableBalance: may be negative; does not count rewards that are due but not yet unlocked. */
export function getAvailableBalance(call: Call): Uint8Array {
  noParams(call);
  const { actor, miner } = load(call);
  return encodeCbor(bigToBytes(available(actor.balance, miner)));
}
