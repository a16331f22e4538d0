import type { Address } from '../address';
import { requiredFunds, type SignedMessage } from '../message';
import { BLOCK_GAS_LIMIT } from '../vm/prices';

const MAX_MESSAGES = 10_000;

/** A sender's pending messages with what selection must know of it. */
export interface Candidate {
  readonly from: Address;
  readonly nonce: number;
  readonly balance: bigint;
  readonly messages: readonly SignedMessage[];
}

/** Messages of one sender that are taken together: later ones that pay better pull the earlier along. */
interface Run {
  readonly messages: readonly SignedMessage[];
  readonly reward: bigint;
  readonly gas: bigint;
}

/** The messages of a sender that could run now: no gap, enough fee cap, gas money at hand. */
function runnable(candidate: Candidate, baseFee: bigint): SignedMessage[] {
  const out: SignedMessage[] = [];
  let { nonce, balance } = candidate;
  for (const signed of candidate.messages) {
    const { message } = signed;
    if (message.nonce < nonce) continue;
    if (message.nonce > nonce || message.gasFeeCap < baseFee || balance < requiredFunds(message)) break;
    // The value counts against what follows, even when the message itself will fail for want of it.
    balance -= requiredFunds(message) + message.value;
    nonce += 1;
    out.push(signed);
  }
  return out;
}

function reward(m: SignedMessage, baseFee: bigint): bigint {
  const room = m.message.gasFeeCap - baseFee;
  return (m.message.gasPremium < room ? m.message.gasPremium : room) * BigInt(m.message.gasLimit);
}

const better = (a: Run, b: Run): boolean => a.reward * b.gas >= b.reward * a.gas;

function runs(messages: readonly SignedMessage[], baseFee: bigint): Run[] {
  const out: Run[] = [];
  for (const m of messages) {
    let run: Run = { messages: [m], reward: reward(m, baseFee), gas: BigInt(m.message.gasLimit) };
    for (let last = out.at(-1); last !== undefined && better(run, last); last = out.at(-1)) {
      out.pop();
      run = {
        messages: [...last.messages, ...run.messages],
        reward: last.reward + run.reward,
        gas: last.gas + run.gas,
      };
    }
    out.push(run);
  }
  return out;
}

/** The messages of the next block, best paying first, each sender's in order of nonce, within the gas limit. */
export function selectMessages(candidates: readonly Candidate[], baseFee: bigint): SignedMessage[] {
  const all = candidates.flatMap((c) => runs(runnable(c, baseFee), baseFee));
  // The sort is stable: equal pay keeps the order of arrival of the senders.
  all.sort((a, b) => {
    const left = a.reward * b.gas;
    const right = b.reward * a.gas;
    return left === right ? 0 : left > right ? -1 : 1;
  });
  const out: SignedMessage[] = [];
  const stopped = new Set<Address>();
  let gas = 0;
  for (const run of all) {
    for (const m of run.messages) {
      if (stopped.has(m.message.from)) break;
      if (gas + m.message.gasLimit > BLOCK_GAS_LIMIT || out.length >= MAX_MESSAGES) {
        stopped.add(m.message.from);
        break;
      }
      gas += m.message.gasLimit;
      out.push(m);
    }
  }
  return out;
}
