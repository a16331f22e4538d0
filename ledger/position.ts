import type { Knex } from 'knex';
import type { Atto } from '../domain/money';

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
