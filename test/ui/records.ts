/** What a loan alone leaves no record of, so that a walk through every screen finds one on each. */
import type { Knex } from 'knex';
import { objectOf, textOf } from '../../bin/demo/http';
import { available, waitingApproval } from '../../bin/demo/people';
import type { Customer, Play } from '../../bin/demo/play';
import { listAddress } from '../../bin/demo/withdrawal';
import { coins } from '../../domain/money';
import { agreePolicy } from '../support/policy';

/** An address that is listed, and a withdrawal to it that its customer gives up. */
export async function recordWithdrawal(owner: Knex, play: Play, customer: Customer): Promise<void> {
  const values = await play.staff.auditor.get('/admin/v1/policies/withdrawal');
  await agreePolicy(owner, 'withdrawal', '', {
    ...(objectOf(values['values']) as Record<string, string | number>),
    ...{ coolDownSeconds: 0, automaticUpTo: '0' },
  });
  const { id: addressId } = await listAddress(play, customer);
  const amount = coins(1n);
  await play.waiter.until('the redeemed FIL', async () =>
    (await available(customer)) < amount ? null : true,
  );
  const body = { addressId, amount: amount.toString() };
  const { id } = await customer.session.post('/v1/withdrawals', body);
  await waitingApproval(play, textOf(id));
  await customer.session.post(`/v1/withdrawals/${textOf(id)}/cancel`, { reason: 'Another time' });
}

/** Rates from an epoch on that never comes here. */
export async function recordRateProposal(play: Play): Promise<void> {
  const { staff } = play;
  const [now] = await staff.auditor.list('/admin/v1/rates');
  const names = ['base', 'slope1', 'slope2', 'kink', 'reserveFactor'];
  const rates = Object.fromEntries(names.map((name) => [name, textOf(now?.[name])]));
  const change = { ...rates, base: (10n ** 25n).toString(), fromEpoch: 1_000_000, reason: 'Money is dear' };
  await staff.treasurer.post('/admin/v1/pools/flexible/propose-rates', change);
}
