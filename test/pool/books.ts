import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { readPool, type PoolRecord } from '../../db/pool';
import { atto, type Atto } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import {
  bookDisbursement,
  bookRepayment,
  type DisbursementBooked,
  type RepaymentBooked,
} from '../../ledger/loan';
import { commitToLoan, subscribe, type Commitment, type Subscribed } from '../../ledger/pool';
import { post } from '../../ledger/post';
import { freshDatabase, type TestDatabase } from '../support/database';

export const POOL = 'flexible';
export const HOT = { code: 'custody.hot', owner: 'f1hot' } as const;
export const REPAYMENT = { code: 'custody.repayment', owner: 'f1repayment' } as const;

/** A database of its own with the product's calls, as the application role, at a pool clock that the test moves. */
export interface Books {
  readonly database: TestDatabase;
  readonly app: Knex;
  readonly owner: Knex;
  readonly clock: (epoch: number) => Promise<void>;
  readonly pool: () => Promise<PoolRecord>;
  /** An open customer with this much available. */
  readonly fund: (customerId: string, amount: Atto) => Promise<void>;
  readonly subscribe: (id: string, customerId: string, amount: Atto) => Promise<Subscribed>;
  readonly commit: (loanId: string, amount: Atto, terms?: Commitment['terms']) => Promise<void>;
  readonly disburse: (loanId: string, amount: Atto, epoch: number) => Promise<DisbursementBooked>;
  readonly repay: (loanId: string, amount: Atto, epoch: number, key?: string) => Promise<RepaymentBooked>;
  readonly close: () => Promise<void>;
}

async function setClock(owner: Knex, epoch: number): Promise<void> {
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

export async function openBooks(): Promise<Books> {
  const database = await freshDatabase();
  const app = makeKnex(database.appUrl);
  const owner = makeKnex(database.ownerUrl);
  let payments = 0;
  const at = (includedEpoch: number) => ({
    includedEpoch,
    executedEpoch: includedEpoch + 1,
    messageCid: 'bafy',
  });
  const pool = async (): Promise<PoolRecord> => {
    const record = await readPool(app, POOL);
    if (record === null) throw new Error('no pool');
    return record;
  };
  return {
    database,
    app,
    owner,
    pool,
    clock: (epoch) => setClock(owner, epoch),
    fund: async (customerId, amount) => {
      await owner('customer')
        .insert({ id: customerId, email: `${customerId}@example.test`, state: 'open' })
        .onConflict('id')
        .ignore();
      await app.transaction((trx) =>
        post(trx, {
          key: `deposit/${customerId}-${payments++}`,
          kind: 'deposit',
          asset: 'FIL',
          effectiveEpoch: 1,
          executedEpoch: 2,
          workflowId: `deposit/${customerId}`,
          postings: [debit(HOT.code, HOT.owner, amount), credit('customer.available', customerId, amount)],
        }),
      );
    },
    subscribe: async (id, customerId, amount) => {
      const workflowId = `subscription/${id}`;
      const row = {
        id,
        customer_id: customerId,
        pool_id: POOL,
        amount: amount.toString(),
        workflow_id: workflowId,
      };
      await app('subscription').insert({ ...row, state: 'requested' });
      return app.transaction((trx) =>
        subscribe(trx, { subscriptionId: id, customerId, poolId: POOL, amount, workflowId }),
      );
    },
    commit: (loanId, amount, terms) =>
      app.transaction((trx) => commitToLoan(trx, { poolId: POOL, loanId, amount, ...(terms && { terms }) })),
    disburse: (loanId, amount, epoch) =>
      app.transaction((trx) =>
        bookDisbursement(trx, {
          loanId,
          amount,
          ...at(epoch),
          custody: HOT,
          key: `loan/${loanId}/disburse`,
          workflowId: `loan/${loanId}`,
        }),
      ),
    repay: (loanId, amount, epoch, key = `loan/${loanId}/repay-${payments++}`) =>
      app.transaction((trx) =>
        bookRepayment(trx, {
          loanId,
          amount: atto(amount),
          ...at(epoch),
          custody: REPAYMENT,
          source: 'direct',
          borrowerId: `borrower-of-${loanId}`,
          key,
          workflowId: `loan/${loanId}`,
        }),
      ),
    close: async () => {
      await Promise.all([app.destroy(), owner.destroy()]);
      await database.drop();
    },
  };
}
