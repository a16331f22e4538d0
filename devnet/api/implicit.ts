import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import type { Tipset } from '../chain/tipset';
import { messageCid, type Message } from '../message';
import { BLOCK_GAS_LIMIT } from '../vm/prices';
import { ACTOR_ID, actorById, FIRST_MINER_ID } from '../vm/state';
import { gasCost } from '../vm/cost';
import { invocJson } from './invoc';

const AWARD_BLOCK_REWARD = 2;
const EPOCH_TICK = 2;
const REWARD_GAS_LIMIT = 2 ** 30;
const CRON_GAS_LIMIT = BLOCK_GAS_LIMIT * 10_000;
const NOTHING = new Uint8Array();

function systemMessage(
  epoch: number,
  to: number,
  method: number,
  gasLimit: number,
  params: Uint8Array,
): Message {
  const free = { value: 0n, gasFeeCap: 0n, gasPremium: 0n };
  const from = idAddress(ACTOR_ID.system);
  return { version: 0, to: idAddress(to), from, nonce: epoch, gasLimit, method, params, ...free };
}

function shown(t: Tipset, to: number, m: Message): Record<string, unknown> {
  const send = { from: ACTOR_ID.system, to: m.to, value: 0n, method: m.method, params: m.params };
  const invoked = actorById(t.before.state, to) ?? null;
  const trace = { send, invoked, exit: 0, ret: NOTHING, gas: 0, subcalls: [] };
  const receipt = { exit: 0, ret: NOTHING, gasUsed: 0 };
  const cost = gasCost(m, 0, 0n);
  return invocJson(messageCid(m), m, { state: t.before.state, receipt, cost, trace, error: '' }, false);
}

/**
 * The messages that the system itself runs in a tipset, as StateCompute shows them after those of people: ticks of
 * cron for the null rounds before it come first, then the award of the block and the tick of its own epoch. Blocks are
 * not paid here, so neither has calls of its own.
 */
export function implicitOf(t: Tipset): {
  before: Record<string, unknown>[];
  after: Record<string, unknown>[];
} {
  if (t.parent === null) return { before: [], after: [] };
  const tick = (epoch: number): Record<string, unknown> =>
    shown(t, ACTOR_ID.cron, systemMessage(epoch, ACTOR_ID.cron, EPOCH_TICK, CRON_GAS_LIMIT, NOTHING));
  const nulls = Array.from({ length: t.height - t.parent.height - 1 }, (_, i) =>
    tick((t.parent?.height ?? 0) + 1 + i),
  );
  const miner = addressToBytes(idAddress(FIRST_MINER_ID));
  const award = encodeCbor([miner, NOTHING, NOTHING, 1]);
  const reward = systemMessage(t.height, ACTOR_ID.reward, AWARD_BLOCK_REWARD, REWARD_GAS_LIMIT, award);
  return { before: nulls, after: [shown(t, ACTOR_ID.reward, reward), tick(t.height)] };
}
