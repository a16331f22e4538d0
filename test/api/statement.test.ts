/** Statements over HTTP: one's own, to read, as CSV and as PDF; of others only for staff. */
import { CLOCK, FIL, makeWorld, type World } from './world';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: false });
}, 120_000);
afterAll(() => world.close(), 60_000);

test('a customer reads and takes along their own, staff anybody’s, each with the same lines', async () => {
  const { id, caller } = await world.aCustomer(5n * FIL);
  const other = await world.aCustomer(7n * FIL);
  const own = (await caller.get('/v1/statements')).body;
  expect(own).toMatchObject({ id, kind: 'customer', by: 'time', positions: [] });
  expect(own['sections']).toMatchObject([
    { account: 'customer.available', opening: '0', closing: `${5n * FIL}`, lines: [{ kind: 'deposit' }] },
  ]);
  const { auditor } = world.staff;
  const period = `from=${encodeURIComponent(String(own['from']))}&to=${encodeURIComponent(String(own['to']))}`;
  const theirs = await auditor.caller.get(`/admin/v1/customers/${id}/statement?${period}`);
  expect(theirs.body).toEqual(own);
  expect((await other.caller.get(`/v1/statements?${period}`)).body['sections']).not.toEqual(own['sections']);

  const csv = await caller.get(`/v1/statements?${period}&format=csv`);
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.headers.get('content-disposition')).toMatch(
    /^attachment; filename="statement-customer-[\w-]+\.csv"$/,
  );
  expect(csv.text.split('\r\n')).toHaveLength(5);
  const pdf = await auditor.caller.get(`/admin/v1/pools/flexible/statement?format=pdf`);
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  expect(pdf.text.startsWith('%PDF-')).toBe(true);
});

test('what is no period, or nobody’s, is refused with its code', async () => {
  const { caller } = world.staff.auditor;
  const codeOf = async (path: string) => (await caller.get(`/admin/v1/${path}`)).body['code'];
  expect(await codeOf('pools/flexible/statement?from=5&to=5')).toBe('period-invalid');
  expect(await codeOf(`pools/flexible/statement?from=5&to=${CLOCK + 1_000_000}`)).toBe('period-invalid');
  expect(await codeOf('pools/flexible/statement?from=5&to=2026-01-01')).toBe('period-invalid');
  expect(await codeOf('pools/flexible/statement?format=xls')).toBe('malformed-request');
  expect(await codeOf('pools/none/statement')).toBe('not-found');
  expect(await codeOf('customers/none/statement')).toBe('not-found');
});
