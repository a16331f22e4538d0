/** Transfers between the hot wallet and the cold address, from the marks to their end. Triggers hold their order. */
import type { Knex } from 'knex';
import { mayGoCold, weigh, type Weighed } from '../domain/custody';
import { atto, attoFrom, attoText, type Atto } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { expectNotFrozen } from './freeze';
import { readPolicy } from './policy';

export type CustodyState =
  'proposed' | 'approved' | 'sent' | 'failed' | 'refused' | 'expired' | 'outdated' | 'wanted' | 'settled';

export interface CustodyTransferRow {
  readonly n: number;
  readonly direction: Weighed['direction'];
  readonly amount: string;
  readonly hot: string;
  readonly owed: string;
  readonly policy_version: number;
  readonly cold_address: string | null;
  readonly workflow_id: string;
  readonly state: CustodyState;
  readonly approval_id: string | null;
}

/** The hot wallet in the books, what it owes, and its marks; attoFIL. */
export interface HotLevel {
  readonly hot: Atto;
  readonly owed: Atto;
  readonly low: Atto;
  readonly high: Atto;
  readonly policyVersion: number;
}

/** What the hot wallet owes before anything of it is spare (migration 0038). */
export async function owedOf(db: Knex): Promise<Atto> {
  const { rows } = await db.raw<{ rows: readonly { owed: string }[] }>('SELECT custody_owed() AS owed');
  return atto(BigInt(rows[0]?.owed ?? '0'));
}

export async function hotLevel(db: Knex): Promise<HotLevel> {
  const { policy, version } = await readPolicy(db, 'custody');
  const { rows } = await db.raw<{ rows: readonly { held: string }[] }>(
    `SELECT coalesce(sum(b.debits_posted - b.credits_posted), 0) AS held FROM ledger.account a
     JOIN ledger.balance b ON b.account_id = a.id WHERE a.code = 'custody.hot'`,
  );
  const hot = atto(BigInt(rows[0]?.held ?? '0'));
  return { hot, owed: await owedOf(db), low: policy.hotLow, high: policy.hotHigh, policyVersion: version };
}

const marksOf = ({ low, high }: HotLevel) => ({ hotLow: low, hotHigh: high });

/** The cold address in the books: the one that was taken up last; null before there is one. */
export async function coldAddress(db: Knex): Promise<string | null> {
  const row = await db<{ address: string; kind: string; created_at: Date }>('chain.address')
    .where({ kind: 'cold' })
    .orderBy('created_at', 'desc')
    .first('address');
  return row?.address ?? null;
}

/** What may begin: nothing goes to cold while payouts are frozen, or where there is no cold address. */
async function mayBegin(
  trx: Knex.Transaction,
  { direction }: Weighed,
  cold: string | null,
): Promise<boolean> {
  if (direction === 'refill') return true;
  if (cold === null) return false;
  try {
    await expectNotFrozen(trx, 'to-cold', null);
    return true;
  } catch (error) {
    if (error instanceof RefusalError) return false;
    throw error;
  }
}

/** Begins what the marks ask for, at most one of each direction at a time. @returns all that are open */
export async function beginTransfers(
  trx: Knex.Transaction,
  workflowIdOf: (n: number) => string,
): Promise<readonly CustodyTransferRow[]> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtext('custody'))");
  const open = () => trx<CustodyTransferRow>('custody_transfer').whereNull('closed_at').orderBy('n');
  const level = await hotLevel(trx);
  const wanted = weigh(marksOf(level), level.hot, level.owed);
  const cold = await coldAddress(trx);
  if (wanted === null || !(await mayBegin(trx, wanted, cold))) return open();
  if ((await open()).some(({ direction }) => direction === wanted.direction)) return open();
  const last = await trx('custody_transfer').max<{ n: number | null }>({ n: 'n' }).first();
  const n = (last?.n ?? 0) + 1;
  await trx('custody_transfer').insert({
    n,
    direction: wanted.direction,
    amount: attoText(atto(wanted.amount)),
    hot: attoText(level.hot),
    owed: attoText(level.owed),
    policy_version: level.policyVersion,
    cold_address: wanted.direction === 'to-cold' ? cold : null,
    workflow_id: workflowIdOf(n),
    state: wanted.direction === 'to-cold' ? 'proposed' : 'wanted',
  });
  return open();
}

/** One transfer. @throws Error where there is none */
export async function readTransfer(db: Knex, n: number): Promise<CustodyTransferRow> {
  const row = await db<CustodyTransferRow>('custody_transfer').where({ n }).first();
  if (row === undefined) throw new Error(`no custody transfer ${n}`);
  return row;
}

/**
 * Approved; or outdated, where by now it would leave less than what is owed and the low mark, or the policy is another.
 * Again, it answers as before.
 */
export async function grantTransfer(
  trx: Knex.Transaction,
  n: number,
  approvalId: string,
): Promise<CustodyTransferRow> {
  const row = await trx<CustodyTransferRow>('custody_transfer').where({ n }).forUpdate().first();
  if (row?.state !== 'proposed') return readTransfer(trx, n);
  const level = await hotLevel(trx);
  const stands =
    level.policyVersion === row.policy_version &&
    mayGoCold(marksOf(level), level.hot, level.owed, attoFrom(row.amount));
  const detail = 'By now it would leave less than is owed, or the policy has changed.';
  await trx('custody_transfer')
    .where({ n })
    .update(
      stands
        ? { state: 'approved', approval_id: approvalId }
        : { state: 'outdated', detail, closed_at: trx.fn.now() },
    );
  return readTransfer(trx, n);
}

/** The workflows that ask for a refill, to be told that FIL came from the cold address. */
export async function refillsWaiting(db: Knex): Promise<readonly string[]> {
  const rows = await db<CustodyTransferRow>('custody_transfer')
    .where({ state: 'wanted' })
    .select('workflow_id');
  return rows.map((row) => row.workflow_id);
}

/** How it ended; an end that came first stands. */
export async function closeTransfer(
  db: Knex,
  n: number,
  end: { readonly state: CustodyState; readonly messageId?: string; readonly detail?: string | null },
): Promise<void> {
  const { state, messageId, detail = null } = end;
  await db('custody_transfer')
    .where({ n })
    .whereNull('closed_at')
    .update({ state, detail, closed_at: db.fn.now(), ...(messageId && { message_id: messageId }) });
}
