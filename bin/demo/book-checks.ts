/** Scene: the books at the end — trial balance, identity, reserve, positions, and the chain to the atto. */
import { formatCoins } from '../../domain/money';
import { amountOf, textOf, type Json } from './http';
import { checkOracle } from './oracle';
import type { Play } from './play';

/** Starts a reconciliation and waits for its run. */
async function reconcile(play: Play): Promise<Json> {
  const started = await play.staff.treasurer.post('/admin/v1/reconciliations', {});
  const id = textOf(started['id']);
  return play.waiter.until('the reconciliation with the chain', async () => {
    const run = await play.staff.auditor.get(`/admin/v1/reconciliations/${encodeURIComponent(id)}`);
    return run['outcome'] === null || run['outcome'] === undefined ? null : run;
  });
}

/** Loss reserve = Σ per-run reserve parts; positions = deposits + interest − reserve less the named residue. */
async function checkPool(play: Play, deposits: bigint): Promise<void> {
  const { report, query } = play;
  const statement = await play.staff.auditor.get('/admin/v1/pools/flexible');
  const atto = (field: string) => amountOf(statement[field]);
  const [runs] = await query(
    `select coalesce(sum(interest), 0)::text as interest, coalesce(sum(to_reserve), 0)::text as reserve
       from accrual_run where pool_id = 'flexible'`,
  );
  report.check(
    'Loss reserve = Σ per-epoch ⌈10 % of the interest⌉',
    atto('reserve'),
    amountOf(runs?.['reserve']),
  );
  const residue = atto('residue');
  report.check(
    'Σ positions = deposits + interest − reserve − residue',
    atto('positionsValue') + residue,
    deposits + atto('interestEarned') - atto('reserve'),
  );
  report.say(`The residue is ${residue.toString()} attoFIL`);
}

async function checkTrialBalance(play: Play): Promise<void> {
  const trial = await play.staff.auditor.get('/admin/v1/trial-balance');
  play.report.check('Trial balance: debits = credits', amountOf(trial['debits']), amountOf(trial['credits']));
  const accounts = Array.isArray(trial['accounts']) ? (trial['accounts'] as readonly Json[]) : [];
  for (const row of accounts)
    play.report.say(
      `${textOf(row['code']).padEnd(22)} ${formatCoins(amountOf(row['debitBalance'])).padStart(32)} D ${formatCoins(amountOf(row['creditBalance'])).padStart(32)} C`,
    );
}

/** All closing checks. */
export async function checkBooks(play: Play, deposits: bigint): Promise<void> {
  const { report } = play;
  await checkPool(play, deposits);
  await checkOracle(play, 'at the end');
  await checkTrialBalance(play);
  const run = await reconcile(play);
  report.check('Every platform address on chain equals the ledger to the atto', run['outcome'], 'matched');
  report.note('reconciliation', run);
}
