/** The windows of the limits roll: what was set aside exactly an hour or a day ago counts no more, a microsecond less does. */
import { randomUUID } from 'node:crypto';
import { insertWithdrawal } from '../../db/withdrawal';
import { listed, makePolicy, openBooks, text, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await makePolicy(books.admin, { coolDownSeconds: 0, credentialCoolDownSeconds: 0 });
}, 60_000);
afterAll(() => books.close());

/** Sets so much aside, `ago` before the moment that is judged. */
async function held(customer: string, amount: bigint, ago: string): Promise<void> {
  const withdrawalId = randomUUID();
  const addressId = await listed(books.admin, customer, `f1${withdrawalId}`, 1);
  const request = { withdrawalId, customerId: customer, addressId, amount: text(amount) };
  const judged = { address: `f1${withdrawalId}`, policyVersion: 2, people: 0 };
  await insertWithdrawal(books.app, { ...request, workflowId: `withdrawal/${withdrawalId}` }, judged);
  await books.admin.transaction(async (trx) => {
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx.raw('UPDATE withdrawal SET held_at = ?::timestamptz - ?::interval WHERE id = ?', [
      NOON,
      ago,
      withdrawalId,
    ]);
  });
}

const NOON = '2026-11-23T12:00:00Z';

test('each window ends at its edge, for the customer and for everybody', async () => {
  await held('ada', 1n, '1 hour');
  await held('ada', 2n, '59 minutes 59.999999 seconds');
  await held('ada', 4n, '1 day');
  await held('ada', 8n, '23 hours 59 minutes 59.999999 seconds');
  await held('bo', 16n, '1 hour');
  await held('bo', 32n, '0 seconds');
  const { rows } = await books.app.raw<{ rows: Record<string, string>[] }>(
    'SELECT * FROM withdrawal_used(?, ?::timestamptz)',
    ['ada', NOON],
  );
  expect(rows).toEqual([{ customer_hour: '2', customer_day: '11', platform_hour: '34', platform_day: '59' }]);
});
