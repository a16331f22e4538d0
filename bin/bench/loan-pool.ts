/** Before the loans: gas money by an announced top-up, and a depositor whose FIL fills the pool. */
import { makeAddressActivities } from '../../activities/address';
import { coins } from '../../domain/money';
import { waitFor } from '../../stack/wait';
import { textOf } from '../demo/http';
import type { Bank } from './loan-bank';
import type { Site } from './loan-site';

const PATIENCE_MS = 15 * 60_000;

function until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  return waitFor(probe, { what, timeoutMs: PATIENCE_MS, everyMs: 500 });
}

/** The treasury's own FIL for gas, four eyes. */
export async function topUp({ staff, owner }: Site, bank: Bank, amount: bigint): Promise<void> {
  const [team] = staff;
  if (team === undefined) throw new Error('nobody is signed in');
  const hot = await owner<{ address: string; kind: string }>('chain.address')
    .where({ kind: 'hot' })
    .first('address');
  const announced = { amount: amount.toString(), from: bank.address };
  const id = textOf((await team.treasurer.post('/admin/v1/top-ups', announced))['id']);
  const approval = await until('the approval of the top-up', async () =>
    owner<{ id: string; subject_id: string; subject_hash: string }>('approval')
      .where({ subject_id: id })
      .first(),
  );
  const decision = { reason: 'Gas', subjectHash: approval.subject_hash };
  await team.checker.post(`/admin/v1/approvals/${approval.id}/accept`, decision);
  await bank.pay(hot?.address ?? '', amount);
  await until('the top-up', async () => {
    const row = await owner<{ id: string; state: string }>('watch.top_up').where({ id }).first('state');
    return row?.state === 'arrived' ? true : undefined;
  });
}

/** A deposit on chain, swept to the hot wallet and moved into the pool. */
export async function fillPool(site: Site, bank: Bank, amount: bigint): Promise<void> {
  const { owner, lotus } = site;
  const session = await site.customer('depositor', 0);
  const { address } = await makeAddressActivities({ knex: owner, lotus }).assignDepositAddress({
    customerId: 'depositor',
  });
  // sending everything leaves the highest fee behind
  const deposited = amount + coins(5n);
  await bank.pay(address, deposited);
  await until('the deposit', async () =>
    BigInt(textOf((await session.get('/v1/balances'))['available'])) >= deposited ? true : undefined,
  );
  await until('the sweep of the deposit', async () => {
    const row = await owner<{ address: string; state: string }>('watch.sweep')
      .where({ address })
      .first('state');
    return row?.state === 'swept' ? true : undefined;
  });
  const asked = await session.post('/v1/subscriptions', { poolId: 'flexible', amount: amount.toString() });
  await until('the subscription', async () => {
    const row = await session.get(`/v1/subscriptions/${textOf(asked['id'])}`);
    return row['state'] === 'booked' ? true : undefined;
  });
}
