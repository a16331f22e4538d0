/** Scenes: a run on the pool while money is lent. Who asks first is paid first, and the last one gets all that is left. */
import { coins, formatCoins } from '../../domain/money';
import { amountOf, listOf, objectOf, textOf, type Json } from './http';
import { pool } from './deposits';
import type { Customer, Play } from './play';
import { available } from './people';

/** What the first asks for: less than the cash. The second, who wants everything, meets what is left of it. */
const AT_ONCE = coins(30_000n);

interface Request {
  readonly customer: Customer;
  readonly id: string;
}

export interface Run {
  /** In the order in which they were placed. */
  readonly requests: readonly Request[];
}

async function ask(play: Play, customer: Customer, amount: string): Promise<Request> {
  const [position] = await customer.session.list('/v1/positions');
  const answer = await customer.session.post('/v1/redemptions', { positionId: position?.['id'], amount });
  const id = textOf(answer['id']);
  await play.waiter.until(`${customer.name}'s request to have its place`, async () =>
    (await standing({ customer, id }))['state'] === 'requested' ? null : true,
  );
  return { customer, id };
}

const standing = ({ customer, id }: Request): Promise<Json> => customer.session.get(`/v1/redemptions/${id}`);
const paidOf = async (request: Request): Promise<bigint> => amountOf((await standing(request))['paid']);

/** Everybody wants out, beyond the cash: one is paid at once, the others wait in the order in which they came. */
export async function begin(play: Play, customers: readonly Customer[]): Promise<Run> {
  const [ada, bo, cem] = customers;
  if (ada === undefined || bo === undefined || cem === undefined)
    throw new Error('three depositors are needed');
  const { report } = play;
  const before = await pool(play);
  report.say(
    `The pool has ${formatCoins(before.atto('cash'))} FIL; ${formatCoins(before.atto('debt'))} are lent`,
  );
  const first = await ask(play, ada, AT_ONCE.toString());
  report.check('ada asks for 30,000 FIL and is paid at once, to the atto', await paidOf(first), AT_ONCE);
  const waiting: Request[] = [];
  for (const customer of [bo, cem, ada]) waiting.push(await ask(play, customer, 'everything'));
  const stood = await Promise.all(waiting.map(standing));
  report.check(
    'Three more want everything; they wait',
    stood.map(({ state }) => textOf(state)).join(' '),
    'waiting waiting waiting',
  );
  const places = stood.map(({ place }) => objectOf(place));
  report.check(
    'Requests ahead of each',
    places.map((place) => textOf(place['requestsAhead'])).join(' '),
    '0 1 2',
  );
  const paid = stood.map((row) => amountOf(row['paid']));
  report.check(
    'The first of them has what cash there was, the others nothing',
    paid.map((amount) => amount > 0n).join(' '),
    'true false false',
  );
  const [, , last] = places;
  const [from, until] = [textOf(last?.['fromEpoch']), textOf(last?.['untilEpoch'])];
  const parts = [from === '' ? '' : `from epoch ${from} on`, until === '' ? '' : `by ${until}`];
  const when = parts.filter((part) => part !== '').join(', ');
  report.say(
    `Ahead of the last: ${formatCoins(amountOf(last?.['amountAhead']))} FIL; paid, as an estimate, ${when === '' ? 'nobody can tell when' : when}`,
  );
  report.note('queue.before', before.row);
  report.note('queue.places', stood);
  return { requests: [first, ...waiting] };
}

/** What a part payment brought went to the head, all of it, and to nobody behind it. */
export async function headPaid(play: Play, { requests }: Run, repaid: bigint): Promise<void> {
  const [, head, ...behind] = requests;
  if (head === undefined) throw new Error('nobody waits');
  const fills = (): Promise<readonly Json[]> =>
    play.query(`select paid::text from redemption_fill where redemption_id = $1 and n > 1 order by n`, [
      head.id,
    ]);
  const sum = (rows: readonly Json[]): bigint => rows.reduce((all, row) => all + amountOf(row['paid']), 0n);
  const due = repaid - AT_ONCE_REST;
  const got = await play.waiter.until('the repayment to reach the head of the queue', async () => {
    const rows = sum(await fills());
    return rows >= due ? rows : null;
  });
  play.report.check('The repayment went to the head of the queue', got >= due, true);
  play.report.say(`${head.customer.name} is paid ${formatCoins(got)} FIL more, and still waits for the rest`);
  const others = await Promise.all(behind.map(paidOf));
  play.report.check('Nobody behind the head is paid before it', others.join(' '), '0 0');
}

/** A part below this waits for more cash (REDEMPTION_POLICY). */
const AT_ONCE_REST = coins(1n) / 100n;

/** The rest of the loan came back: all are paid in their order, every share is burnt, nothing is left without an owner. */
export async function drained(play: Play, { requests }: Run, deposits: bigint): Promise<void> {
  const { report, query, waiter } = play;
  const paid: bigint[] = [];
  for (const request of requests)
    paid.push(
      await waiter.until(`${request.customer.name} to be paid in full`, async () => {
        const row = await standing(request);
        return row['state'] === 'paid' ? amountOf(row['paid']) : null;
      }),
    );
  const fills = await query(
    `select r.id, f.n, f.paid::text, f.shares::text, f.epoch::int, f.journal_id::int from redemption_fill f
     join redemption r on r.id = f.redemption_id order by f.journal_id`,
  );
  const order = fills.map(({ id }) => requests.findIndex((request) => request.id === id));
  report.check(
    'Paid in the order in which they asked',
    order.join(' '),
    [...order].sort((a, b) => a - b).join(' '),
  );
  const { row, atto } = await pool(play);
  report.check('Every share is burnt', textOf(row['shares']), '0');
  report.check('Nothing in the pool is anybody’s', atto('claim'), 0n);
  report.check('Its cash is the loss reserve, to the atto', atto('cash'), atto('reserve'));
  const [earned] = await query('select coalesce(sum(interest), 0)::text as interest from repayment');
  const others = paid.slice(0, -1).reduce((sum, amount) => sum + amount, 0n);
  const left = deposits + amountOf(earned?.['interest']) - atto('reserve') - others;
  report.check('The last one gets all that is left', paid.at(-1), left);
  for (const name of new Set(requests.map(({ customer }) => customer.name))) {
    const own = requests.filter(({ customer }) => customer.name === name);
    const due = own.reduce((sum, request) => sum + (paid[requests.indexOf(request)] ?? 0n), 0n);
    const [request] = own;
    if (request !== undefined) report.check(`${name} has it at hand`, await available(request.customer), due);
  }
  report.note('queue.after', row);
  report.note(
    'queue.requests',
    await Promise.all(
      requests.map(async (request) => ({
        customer: request.customer.name,
        ...(await standing(request)),
        fills: listOf(fills).filter(({ id }) => id === request.id),
      })),
    ),
  );
}
