import type { Knex } from 'knex';
import { claimOf, debtOf, type Pool } from '../domain/pool';

interface Held {
  readonly depositors: string;
  readonly reserve: string;
  readonly interest: string;
  readonly principal: string;
}

const of = (code: string) => `coalesce((
    SELECT abs(b.debits_posted - b.credits_posted) FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
    WHERE a.code = '${code}' AND a.owner = :poolId), 0)`;
const LOANS = `coalesce((
    SELECT sum(b.debits_posted - b.credits_posted) FROM loan_account l
    JOIN ledger.account a ON a.code = 'loan.principal' AND a.owner = l.loan_id
    JOIN ledger.balance b ON b.account_id = a.id WHERE l.pool_id = :poolId), 0)`;

/**
 * Compares the pool with its accounts: depositors, reserve, and principal + interest = debt. A difference is a fault of
 * ours and rolls the transaction back. The loans one by one are summed only where one was touched, so that accrual
 * costs the same however many there are.
 */
export async function assertBooks(
  trx: Knex.Transaction,
  poolId: string,
  pool: Pool,
  touched: 'pool' | 'loans' = 'pool',
): Promise<void> {
  const principal = touched === 'loans' ? LOANS : ':principal::numeric';
  const { rows } = await trx.raw<{ rows: [Held] }>(
    `SELECT ${of('pool.depositors')} AS depositors, ${of('pool.reserve')} AS reserve, ${of('pool.interest')} AS interest,
      ${principal} AS principal`,
    { poolId, ...(touched === 'pool' && { principal: pool.principal.toString() }) },
  );
  const [held] = rows;
  const faults = [
    ['pool.depositors', held.depositors, claimOf(pool)] as const,
    ['pool.reserve', held.reserve, pool.reserve] as const,
    ['loan.principal', held.principal, pool.principal] as const,
    ['pool.interest', held.interest, debtOf(pool) - pool.principal] as const,
  ].filter(([, booked, state]) => BigInt(booked) !== state);
  if (faults.length === 0) return;
  const told = faults.map(([code, booked, state]) => `${code} is ${booked}, the pool says ${state}`);
  throw new Error(`pool ${poolId} and its books differ: ${told.join('; ')}`);
}
