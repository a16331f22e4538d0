/** Killed by SIGKILL at any point, the product goes on by itself: one nonce, one transfer, books and chain equal. */
import { writeFileSync } from 'node:fs';
import { addressFrom } from '../../domain/address';
import { makeCast, LENT, type Borrower, type Cast } from './cast';
import { POINTS, messageOf, type Point, type Scene } from './points';
import { makeProcesses, type Processes } from './processes';
import { releaseAll } from './rows';
import { wreckOf } from './wreck';

jest.setTimeout(900_000);

const NAMES = Object.keys(POINTS);
/** Seconds from the SIGKILL, as seen: `ready` the processes are back, `final` the message is, `goesOn` the loan is. */
const figures: Record<string, { ready: number; final: number; goesOn: number }> = {};

let product: Processes;
let cast: Cast;
/** Held, killed or stood still on purpose, and not yet on its way again. */
let stopped = false;
const borrowers = new Map<string, Borrower>();

beforeAll(async () => {
  product = await makeProcesses();
  await product.start();
  cast = await makeCast(product);
  const leads = Object.entries(POINTS).map(async ([name, { lead }]) => {
    borrowers.set(name, await cast.loan(lead));
  });
  await Promise.all(leads);
});

// A row that failed leaves the next ones a product that runs.
afterEach(async () => {
  await releaseAll();
  if (!stopped) return;
  await product.kill();
  await product.start();
  await product.flow();
  stopped = false;
});
afterAll(async () => {
  await product.close();
  const file = process.env['LOANSTONE_FIGURES'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(figures));
});

interface Message {
  readonly id: string;
  readonly state: string;
  readonly from_address: string;
}

async function final(id: string): Promise<Message> {
  return product.until(`message ${id} to be final`, () =>
    product.knex<Message>('chain.message').where({ id, state: 'final' }).first(),
  );
}

/** One slot, one nonce, executed once, and the chain counts no more nonces than were bound. */
async function expectOneNonce({ id, from_address: sender }: Message): Promise<void> {
  const { knex, lotus } = product;
  const slots = await knex<{ nonce: number; message_id: string }>('chain.nonce_slot').where({
    message_id: id,
  });
  expect(slots).toHaveLength(1);
  const attempts = await knex<{ nonce: number; message_id: string }>('chain.attempt').where({
    message_id: id,
  });
  expect(new Set(attempts.map(({ nonce }) => nonce))).toEqual(new Set([slots[0]?.nonce]));
  const bound = await knex<{ nonce: number; sender: string }>('chain.nonce_slot').where({ sender });
  expect(bound.map(({ nonce }) => nonce).sort((a, b) => a - b)).toEqual(bound.map((_, nonce) => nonce));
  const actor = await lotus.getActor(addressFrom(sender), []);
  expect(actor?.nonce).toBeLessThanOrEqual(bound.length);
  const gas: unknown[] = await knex('ledger.journal').where({ key: `message/${id}/gas` });
  expect(gas).toHaveLength(1);
}

/** What the escrow got for its gas, once. */
async function expectOneFunding(scene: Scene): Promise<void> {
  const id = messageOf(scene, 'fund');
  const message = await product.knex<{ id: string; value: string }>('chain.message').where({ id }).first();
  const { escrow_address: escrow } = await cast.row(scene.borrower);
  expect(await product.lotus.walletBalance(addressFrom(escrow ?? ''))).toBe(BigInt(message?.value ?? '0'));
  const moved: unknown[] = await product.knex('ledger.journal').where({ key: `message/${id}/moved` });
  expect(moved).toHaveLength(1);
}

/** What the miner holds beside what it brought: the loan, once, less what was swept. */
async function expectOneTransfer(scene: Scene, held: bigint): Promise<void> {
  const { knex, lotus } = product;
  const { miner, loanId } = scene.borrower;
  const paid: unknown[] = await knex('ledger.journal').where({
    key: `message/${messageOf(scene, 'disburse')}/disbursement`,
  });
  expect(paid).toHaveLength(1);
  const { rows } = await knex.raw<{ rows: { swept: string }[] }>(
    "SELECT coalesce(sum(amount), 0)::text AS swept FROM repayment WHERE loan_id = ? AND source = 'sweep'",
    [loanId],
  );
  expect((await lotus.minerAvailable(miner, [])) + BigInt(rows[0]?.swept ?? '0')).toBe(held);
}

async function play(point: Point, scene: Scene): Promise<{ ready: number; final: number; goesOn: number }> {
  stopped = true;
  await point.die(scene);
  const killed = Date.now();
  const since = (): number => (Date.now() - killed) / 1000;
  expect(await wreckOf(scene, point)).toMatchObject(point.left);
  await product.start();
  const ready = since();
  await product.flow();
  stopped = false;
  await final(messageOf(scene, point.message));
  const landed = since();
  await cast.reached(scene.borrower, point.then);
  return { ready, final: landed, goesOn: since() };
}

test.each(NAMES)('killed %s', async (name) => {
  const [point, borrower] = [POINTS[name], borrowers.get(name)];
  if (point === undefined || borrower === undefined) throw new Error(`no loan was led to "${name}"`);
  const scene: Scene = { product, cast, borrower };
  try {
    figures[name] = await play(point, scene);
  } finally {
    await product.devnet.control('Devnet.BaseFee', '0');
  }
  await expectOneNonce(await final(messageOf(scene, point.message)));
  if (point.message === 'fund') await expectOneFunding(scene);
  else await expectOneTransfer(scene, borrower.brought + LENT + (point.income ?? 0n));
  expect((await cast.row(borrower)).needs_action).toBeNull();
  expect(await cast.reconcile()).toMatchObject({ outcome: 'matched' });
});
