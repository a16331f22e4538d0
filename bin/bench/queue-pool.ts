/** A pool whose depositors all want out at once: as many customers with a position each as wanted, and hardly any cash. */
import type { Knex } from 'knex';
import { coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { bookDisbursement } from '../../ledger/loan';
import { commitToLoan, subscribe } from '../../ledger/pool';
import { post } from '../../ledger/post';
import { placeRedemption } from '../../ledger/redemption';

export const POOL = 'flexible';
export const HOT = { code: 'custody.hot', owner: 'f1bench' } as const;
export const REPAYMENT = { code: 'custody.repayment', owner: 'f1bench-repayment' } as const;
const FIRST = 'bench';
const LENT = coins(95_000n);
export const LOAN = 'bench-loan';

/** Moves the pool's clock; the bench is its own chain-watch. */
export async function setClock(owner: Knex, epoch: number): Promise<void> {
  await owner('watch.cursor')
    .insert({
      clock: epoch,
      executed: epoch + 1,
      executed_key: 'a',
      head: epoch + 1,
      head_key: 'a',
      began: 0,
    })
    .onConflict('id')
    .merge();
}

/**
 * One subscription of 100,000 FIL, lent as far as the liquidity reserve allows; what is idle is redeemed at once. The
 * position is then cut into one for each of `depositors`.
 */
export async function fillPool(owner: Knex, depositors: number): Promise<void> {
  await setClock(owner, 5);
  const amount = coins(100_000n);
  const workflowId = `subscription/${FIRST}`;
  await owner.raw(
    `INSERT INTO customer (id, email, state) SELECT CASE n WHEN 1 THEN :first ELSE :first || '/' || n END,
       n || '@bench.test', 'open' FROM generate_series(1, :depositors::int) AS n`,
    { first: FIRST, depositors },
  );
  await owner('subscription').insert({
    ...{ id: FIRST, customer_id: FIRST, pool_id: POOL, amount: amount.toString(), state: 'requested' },
    workflow_id: workflowId,
  });
  await owner.transaction(async (trx) => {
    const postings = [debit(HOT.code, HOT.owner, amount), credit('customer.available', FIRST, amount)];
    const arrival = { key: 'deposit/bench', kind: 'deposit', asset: 'FIL' as const };
    const epochs = { effectiveEpoch: 1, executedEpoch: 1 };
    await post(trx, { ...arrival, ...epochs, workflowId: 'deposit/bench', postings });
    await subscribe(trx, { subscriptionId: FIRST, customerId: FIRST, poolId: POOL, amount, workflowId });
    await commitToLoan(trx, { poolId: POOL, loanId: LOAN, amount: LENT });
    await bookDisbursement(trx, {
      ...{
        loanId: LOAN,
        amount: LENT,
        includedEpoch: 6,
        executedEpoch: 7,
        messageCid: 'bench',
        custody: HOT,
      },
      ...{ key: `loan/${LOAN}/disburse`, workflowId: `loan/${LOAN}` },
    });
  });
  await setClock(owner, 7);
  await redeemIdle(owner, amount - LENT);
  await cut(owner, depositors);
  await owner.raw('VACUUM ANALYZE');
}

async function redeemIdle(owner: Knex, amount: bigint): Promise<void> {
  await owner.raw(
    `INSERT INTO redemption (id, customer_id, token_id, amount, workflow_id)
     SELECT 'idle', customer_id, token_id, :amount::numeric, 'redemption/idle' FROM position WHERE pool_id = :poolId`,
    { poolId: POOL, amount: amount.toString() },
  );
  await owner.transaction((trx) => placeRedemption(trx, 'idle'));
}

async function cut(owner: Knex, depositors: number): Promise<void> {
  const parameters = { poolId: POOL, first: FIRST, depositors };
  await owner.raw(
    `INSERT INTO subscription (id, customer_id, pool_id, amount, state, workflow_id)
     SELECT :first || '/' || n, :first || '/' || n, :poolId, 1, 'requested', 'bench'
     FROM generate_series(2, :depositors::int) AS n`,
    parameters,
  );
  await owner.raw(
    `INSERT INTO position (pool_id, customer_id, subscription_id, shares, minted_epoch)
     SELECT p.pool_id, s.customer_id, s.id, div(p.shares, :depositors::int), p.minted_epoch
     FROM position p JOIN subscription s ON s.pool_id = p.pool_id AND s.id <> p.subscription_id
     WHERE p.subscription_id = :first`,
    parameters,
  );
  await owner.raw(
    `UPDATE position SET shares = shares - (:depositors::int - 1) * div(shares, :depositors::int)
     WHERE subscription_id = :first`,
    parameters,
  );
  // The first position's event told of all shares; its story goes on with what it has now.
  await owner.raw(
    `INSERT INTO position_event (token_id, kind, epoch, owner_id, shares, principal, principal_epochs)
     SELECT token_id, CASE WHEN subscription_id = :first THEN 'burn' ELSE 'mint' END, 7, customer_id,
       shares, div(shares, 1000000), 0 FROM position WHERE pool_id = :poolId`,
    parameters,
  );
}
