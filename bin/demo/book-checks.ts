/** Scene: the books at the end — trial balance, identity, reserve, positions, and the chain to the atto. */
import { formatCoins } from '../../domain/money';
import { mulDivCeil } from '../../domain/ray';
import { VIRTUAL_SHARES } from '../../domain/share';
import { amountOf, listOf, listQuery, objectOf, textOf, type Json } from './http';
import { checkOracle } from './oracle';
import type { Play } from './play';

/** Starts a reconciliation and waits for its run. */
async function reconcile(play: Play): Promise<Json> {
  const started = await play.staff.treasurer.post('/admin/v1/reconciliations', {});
  const id = textOf(started['id']);
  return play.waiter.until('the reconciliation with the chain', async () => {
    const runs = await play.staff.auditor.list(`/admin/v1/reconciliations${listQuery({ id })}`);
    return runs[0] === undefined ? null : play.staff.auditor.get(`/admin/v1/reconciliations/${id}`);
  });
}

/** Loss reserve = Σ per-run reserve parts; positions = deposits + interest − reserve less the named residue. */
async function checkPool(play: Play, deposits: bigint): Promise<void> {
  const { report, query } = play;
  const statement = await play.staff.auditor.get('/admin/v1/pools/flexible');
  const atto = (field: string) => amountOf(statement[field]);
  const [runs] = await query(
    `select (select sum(interest) from repayment)::text as interest,
       (select sum(to_reserve) from accrual_run where pool_id = 'flexible')::text as reserve,
       (select coalesce(sum(paid), 0) from redemption)::text as redeemed`,
  );
  report.check(
    'Loss reserve = Σ per-epoch ⌈10 % of the interest⌉',
    atto('reserve'),
    amountOf(runs?.['reserve']),
  );
  const residue = atto('residue');
  report.check(
    'Σ positions + residue + redeemed = deposits + interest paid − reserve',
    atto('positionsValue') + residue + amountOf(runs?.['redeemed']),
    deposits + amountOf(runs?.['interest']) - atto('reserve'),
  );
  const virtual = mulDivCeil(VIRTUAL_SHARES, atto('claim') + 1n, atto('shares') + VIRTUAL_SHARES);
  const small = residue <= BigInt(Number(statement['positions'])) + virtual;
  report.check(
    `The residue of ${residue.toString()} atto is under one a position plus the virtual share`,
    small,
    true,
  );
}

/** A trial balance as accountants print it: one line a kind of account, debits and credits in columns. */
async function checkTrialBalance(play: Play): Promise<void> {
  const { report, staff } = play;
  const trial = await staff.auditor.get('/admin/v1/trial-balance');
  for (const line of listOf(trial['lines'])) {
    const balance = formatCoins(amountOf(line['balance'])).padStart(30);
    const column = line['normalSide'] === 'D' ? balance : ' '.repeat(32) + balance;
    report.say(`${textOf(line['code']).padEnd(22)}${column}`);
  }
  for (const total of listOf(trial['totals']))
    report.check(`Trial balance (${textOf(total['asset'])}): debits − credits`, total['difference'], '0');
  report.check('The identity of design 4 holds', objectOf(trial['identity'])['holds'], true);
}

/** All closing checks. */
export async function checkBooks(play: Play, deposits: bigint): Promise<void> {
  const { report } = play;
  await checkPool(play, deposits);
  await checkOracle(play, 'at the end');
  await checkTrialBalance(play);
  const run = await reconcile(play);
  report.check('Every platform address on chain equals the ledger to the atto', run['outcome'], 'matched');
  for (const item of listOf(run['items'])) {
    const [kind, chain, ledger] = ['kind', 'chainBalance', 'ledgerBalance'].map((field) =>
      textOf(item[field]),
    );
    report.check(
      `${kind ?? ''} ${textOf(item['address']).slice(0, 12)}… on chain = in the ledger`,
      chain,
      ledger,
    );
  }
  report.note('reconciliation', run);
  report.note('pool', await play.staff.auditor.get('/admin/v1/pools/flexible'));
  report.note(
    'messages',
    await play.query(
      'select id, kind, cid, included_epoch, executed_epoch, exit_code, gas::text, value::text from chain.message order by created_at',
    ),
  );
  report.note(
    'repayments',
    await play.query(
      'select source, amount::text, interest::text, principal::text, excess::text, message_cid from repayment order by id',
    ),
  );
}
