import type { Knex } from 'knex';
import type { Atto } from '../domain/money';
import { principalOut } from '../domain/redemption';

export interface Mint {
  readonly poolId: string;
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly shares: bigint;
  readonly amount: Atto;
  readonly epoch: number;
  readonly journalId: number;
}

/** Makes a position and the first event of its story. @returns its token id, which is never used again. */
export async function mintPosition(trx: Knex.Transaction, mint: Mint): Promise<number> {
  const { poolId, customerId, subscriptionId, shares, amount, epoch, journalId } = mint;
  const [row] = await trx<{ token_id: number }>('position').insert(
    {
      pool_id: poolId,
      customer_id: customerId,
      subscription_id: subscriptionId,
      shares: shares.toString(),
      minted_epoch: epoch,
    } as object,
    'token_id',
  );
  if (row === undefined) throw new Error(`subscription ${subscriptionId} minted no position`);
  await trx('position_event').insert({
    token_id: row.token_id,
    kind: 'mint',
    epoch,
    owner_id: customerId,
    shares: shares.toString(),
    principal: amount.toString(),
    principal_epochs: '0',
    journal_id: journalId,
  });
  return row.token_id;
}

/** The position's shares, all of them and those that wait to be burnt; its row stays locked. */
export async function lockPosition(
  trx: Knex.Transaction,
  tokenId: number,
): Promise<{ readonly shares: bigint; readonly queued: bigint }> {
  const row = await trx('position')
    .where({ token_id: tokenId })
    .forUpdate()
    .first<{ shares: string; queued_shares: string } | undefined>('shares', 'queued_shares');
  if (row === undefined) throw new Error(`there is no position ${tokenId}`);
  return { shares: BigInt(row.shares), queued: BigInt(row.queued_shares) };
}

/** Marks shares of the position as waiting to be burnt; a negative number frees them again. */
export async function queueShares(trx: Knex.Transaction, tokenId: number, shares: bigint): Promise<void> {
  await trx('position')
    .where({ token_id: tokenId })
    .update({ queued_shares: trx.raw('queued_shares + ?::numeric', [shares.toString()]) });
}

interface LastEvent {
  readonly owner_id: string;
  readonly epoch: number;
  readonly shares: string;
  readonly principal: string;
  readonly principal_epochs: string;
}

/** Burns queued shares of the position and writes the event of it; its principal leaves in proportion. */
export async function burnShares(
  trx: Knex.Transaction,
  burn: {
    readonly tokenId: number;
    readonly burnt: bigint;
    readonly epoch: number;
    readonly journalId: number;
  },
): Promise<void> {
  const { tokenId, burnt, epoch, journalId } = burn;
  const last = await trx('position_event')
    .where({ token_id: tokenId })
    .orderBy('seq', 'desc')
    .first<LastEvent | undefined>();
  if (last === undefined) throw new Error(`position ${tokenId} has no story`);
  const [held, principal] = [BigInt(last.shares), BigInt(last.principal)];
  const left = held - burnt;
  await trx('position')
    .where({ token_id: tokenId })
    .update({
      shares: left.toString(),
      queued_shares: trx.raw('queued_shares - ?::numeric', [burnt.toString()]),
    });
  await trx('position_event').insert({
    token_id: tokenId,
    kind: 'burn',
    epoch,
    owner_id: last.owner_id,
    shares: left.toString(),
    principal: (principal - principalOut(principal, burnt, held)).toString(),
    principal_epochs: (BigInt(last.principal_epochs) + principal * BigInt(epoch - last.epoch)).toString(),
    journal_id: journalId,
  });
}
