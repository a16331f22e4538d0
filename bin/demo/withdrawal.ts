/** Scene: money leaves the platform, above what goes out unasked: a listed address, an approval, the chain. */
import type { Address } from '../../domain/address';
import { coins, formatCoins } from '../../domain/money';
import { newKey, signText } from '../wallet-actions';
import { amountOf, objectOf, textOf } from './http';
import { available, waitingApproval } from './people';
import type { Customer, Play } from './play';

const AMOUNT = coins(1_000n);
const POLICY = '/admin/v1/policies/withdrawal';

async function accept(play: Play, subjectId: string, reason: string): Promise<void> {
  const approval = await waitingApproval(play, subjectId);
  const decision = { reason, subjectHash: approval['subjectHash'] };
  await play.staff.checker.post(`/admin/v1/approvals/${textOf(approval['id'])}/accept`, decision);
}

/** A listed address cools down for a day; two people make the day nothing, for the demo's sake. */
async function endCoolDown(play: Play): Promise<void> {
  const { staff, waiter, report } = play;
  const before = await staff.auditor.get(POLICY);
  const values = { ...objectOf(before['values']), coolDownSeconds: 0 };
  await staff.treasurer.post(`${POLICY}/propose`, { values, reason: 'The demo does not wait for a day' });
  await accept(play, 'withdrawal', 'For the demo');
  await waiter.until('the new policy to be in force', async () =>
    (await staff.auditor.get(POLICY))['version'] === before['version'] ? null : true,
  );
  report.say(
    'Two people set the cool-down of listed addresses to nothing: a policy is a version that two people make',
  );
}

/** Lists an address of the customer's own, with its key's signature; during its cool-down nothing is sent to it. */
export async function listAddress(
  play: Play,
  { name, session }: Customer,
): Promise<{ id: string; address: Address }> {
  const { prefix } = await play.lotus.network();
  const key = newKey(prefix);
  const asked = await session.post('/v1/withdrawal-addresses', { name: 'own wallet', address: key.address });
  const path = `/v1/withdrawal-addresses/${textOf(asked['id'])}`;
  const text = await play.waiter.until('the text to sign for the address', async () => {
    const found = textOf((await session.get(path))['text']);
    return found === '' ? null : found;
  });
  await session.post(`${path}/proof`, { signature: signText(key, text) });
  await play.waiter.until('the address to be listed', async () =>
    (await session.get(path))['state'] === 'listed' ? true : null,
  );
  play.report.say(`${name} lists ${key.address} and signs for it`);
  return { id: textOf(asked['id']), address: key.address };
}

/** Withdraws above the threshold: held at once, approved by a checker, final on chain. */
export async function withdraw(play: Play, customer: Customer): Promise<void> {
  const { report, waiter, lotus } = play;
  const { session, name } = customer;
  const to = await listAddress(play, customer);
  const body = { addressId: to.id, amount: AMOUNT.toString() };
  report.check(
    'During its cool-down nothing is sent to it',
    await session.refusalOf('/v1/withdrawals', body),
    'withdrawal-address-cooling',
  );
  await endCoolDown(play);
  const before = await available(customer);
  const asked = await session.post('/v1/withdrawals', body);
  const id = textOf(asked['id']);
  const approval = await waitingApproval(play, id);
  report.check(`${formatCoins(AMOUNT)} FIL are held at once`, before - (await available(customer)), AMOUNT);
  report.check('Above the threshold a person is asked', textOf(approval['kind']), 'withdrawal');
  await accept(play, id, 'Known customer, own address');
  const paid = await waiter.until(`${name}'s withdrawal to be final`, async () => {
    const row = await session.get(`/v1/withdrawals/${id}`);
    return ['held', 'approved'].includes(textOf(row['state'])) ? null : row;
  });
  report.check('Approved, sent, final', textOf(paid['state']), 'paid');
  const arrived = await lotus.getActor(to.address, []);
  report.check('It arrived on chain, to the atto', arrived?.balance ?? 0n, AMOUNT);
  report.check(
    `${name} has that much less at hand`,
    before - (await available(customer)),
    amountOf(paid['amount']),
  );
  report.note('queue.withdrawal', paid);
}
