/** What a withdrawal asks of the chain before its message is drafted, task queue `chain`. */
import type { Knex } from 'knex';
import { bound } from '../chain/outbox';
import type { Lotus, TipsetKey } from '../chain/lotus';
import { METHOD } from '../chain/method';
import { examinePayee } from '../chain/payee';
import { hotAddress } from '../db/address';
import { approvalLapsed } from '../db/approval';
import { readPolicy } from '../db/policy';
import { findWithdrawal } from '../db/withdrawal';
import { findWithdrawalAddress } from '../db/withdrawal-address';
import { addressFrom, type Address } from '../domain/address';
import { attoFrom, formatCoins, type Atto } from '../domain/money';
import { isRefusal } from '../domain/refusal';
import { ADDRESS_GONE } from '../ledger/withdrawal';
import type { MessageInput } from './message';

export interface WithdrawalChainDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly config: {
    readonly lotus: { readonly maxFee: Atto; readonly finalityEpochs?: number | null | undefined };
  };
}

/** `wait`: not now, with the sentence in which a person is asked. `again`: judged by another policy than now. */
export type WithdrawalPlan =
  | { readonly kind: 'ready'; readonly message: MessageInput }
  | { readonly kind: 'wait'; readonly sentence: string }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'again' };

/** What is free of the hot wallet beside everything that its open messages may still take. */
async function freeOf({ knex, lotus }: WithdrawalChainDeps, hot: Address): Promise<bigint> {
  const head = await lotus.chainHead();
  const actor = await lotus.getActor(hot, head.key);
  return actor === null ? 0n : actor.balance - (await bound(knex, hot, actor.nonce));
}

async function plan(
  deps: WithdrawalChainDeps,
  input: { readonly withdrawalId: string; readonly n: number },
): Promise<WithdrawalPlan> {
  const { knex, lotus, config } = deps;
  const row = await findWithdrawal(knex, input.withdrawalId);
  if (row?.state !== 'approved' || row.address === null) return { kind: 'again' };
  const { policy, version } = await readPolicy(knex, 'withdrawal');
  if (version !== row.policy_version) return { kind: 'again' };
  if (await approvalLapsed(knex, row.approval_id, policy.approvalSeconds)) return { kind: 'again' };
  if ((await findWithdrawalAddress(knex, row.address_id))?.state !== 'listed')
    return { kind: 'stop', reason: ADDRESS_GONE };
  const to = addressFrom(row.address);
  const final = await finalKey(deps);
  if (final === null) return { kind: 'wait', sentence: 'Nothing is final on the chain yet.' };
  const payee = await examinePayee(lotus, to, final);
  if (isRefusal(payee)) return { kind: 'stop', reason: payee.detail };
  const hot = await hotAddress(knex);
  const amount = attoFrom(row.amount);
  const short = amount + config.lotus.maxFee - (await freeOf(deps, hot));
  if (short > 0n) {
    const sentence = `The hot wallet lacks ${formatCoins(short)} FIL for this and its gas: refill it from cold.`;
    return { kind: 'wait', sentence };
  }
  const message: MessageInput = {
    id: `withdrawal-${row.id}-${input.n}`,
    kind: 'withdraw',
    from: hot,
    to,
    value: row.amount,
    method: METHOD.send,
    params: null,
    subjectKind: 'withdrawal',
    subjectId: row.id,
    summary: `Pay out ${formatCoins(amount)} FIL`,
    announce: true,
    ...(row.approval_id === null ? {} : { approvalId: row.approval_id }),
  };
  await knex('withdrawal').where({ id: row.id, state: 'approved' }).update({ message_id: message.id });
  return { kind: 'ready', message };
}

async function finalKey({ lotus, config }: WithdrawalChainDeps): Promise<TipsetKey | null> {
  const { finalityEpochs = null } = config.lotus;
  return (await lotus.finalizedTipset({ finalityEpochs }))?.key ?? null;
}

/** Activities of the queue `chain`. */
export function makeWithdrawalChainActivities(deps: WithdrawalChainDeps) {
  return {
    /** The message that pays it, once the hot wallet can; the nth that is drafted for it. */
    planWithdrawal: (input: { readonly withdrawalId: string; readonly n: number }): Promise<WithdrawalPlan> =>
      plan(deps, input),
  };
}
