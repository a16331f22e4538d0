/** A withdrawal whose worker and signer are killed by SIGKILL on its way: set aside once, one nonce, paid once, told once. */
import { randomUUID } from 'node:crypto';
import { newKey, signText } from '../../bin/wallet-actions';
import { addressFrom, type Address } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { standing, workflowIds } from '../../workflows/handles';
import { proveAddress } from '../../workflows/handles-withdrawal';
import type { withdrawal } from '../../workflows/withdrawal';
import type { withdrawalAddress } from '../../workflows/withdrawal-address';
import { backdate, makePolicy } from '../withdrawal/books';
import { makeCast, type Cast } from './cast';
import { makeProcesses, type Processes } from './processes';
import { holdRows, releaseAll, type Held } from './rows';

jest.setTimeout(900_000);

const HAS = coins(100n);
/** Below what a person is asked for. */
const AMOUNT = coins(5n);
const CUSTOMER = 'leaver';

let product: Processes;
let cast: Cast;
let home: { readonly id: string; readonly address: Address };
let stopped = false;

beforeAll(async () => {
  product = await makeProcesses();
  await product.start();
  cast = await makeCast(product);
  await makePolicy(product.knex);
  await cast.customer(CUSTOMER);
  await cast.pay(CUSTOMER, HAS);
  await product.until('the deposit', async () => ((await cast.available(CUSTOMER)) === HAS ? true : null));
  home = await list();
});
afterEach(async () => {
  await releaseAll();
  if (stopped) await goOn();
});
afterAll(() => product.close());

async function goOn(): Promise<void> {
  await product.start();
  await product.flow();
  stopped = false;
}

/** An address of the customer's, signed for, past its cool-down. */
async function list(): Promise<{ id: string; address: Address }> {
  const { client, knex, lotus, until } = product;
  const [id, key] = [randomUUID(), newKey((await lotus.network()).prefix)];
  const handle = await client.workflow.start<typeof withdrawalAddress>('withdrawalAddress', {
    taskQueue: 'core',
    workflowId: workflowIds.withdrawalAddress(id),
    args: [{ addressId: id, customerId: CUSTOMER, name: 'home', address: key.address }],
  });
  await until('the text to sign', async () =>
    (await handle.query(standing)).state === 'challenged' ? true : null,
  );
  const row = await knex<{ id: string; challenge: string }>('withdrawal_address').where({ id }).first();
  const signature = signText(key, row?.challenge ?? '');
  await handle.executeUpdate(proveAddress, {
    args: [{ actor: { id: CUSTOMER, role: 'customer' }, signature }],
  });
  await backdate(knex, 'withdrawal_address', id, { listed_at: 90_000 });
  return { id, address: key.address };
}

const ask = (id: string) =>
  product.client.workflow.start<typeof withdrawal>('withdrawal', {
    taskQueue: 'core',
    workflowId: workflowIds.withdrawal(id),
    args: [{ withdrawalId: id, customerId: CUSTOMER, addressId: home.id, amount: attoText(AMOUNT) }],
  });

const messageOf = (id: string): string => `withdrawal-${id}-1`;
const hold = (table: string, key: string, value: string): Promise<Held> =>
  holdRows(product.adminUrl, `SELECT 1 FROM ${table} WHERE ${key} = $1 FOR NO KEY UPDATE`, [value]);
const holdBalance = (): Promise<Held> =>
  holdRows(
    product.adminUrl,
    `SELECT 1 FROM ledger.balance WHERE account_id = (SELECT id FROM ledger.account
       WHERE code = 'customer.available' AND owner = $1) FOR NO KEY UPDATE`,
    [CUSTOMER],
  );

async function there(table: string, where: object): Promise<true | null> {
  const rows: unknown[] = await product.knex(table).where(where);
  return rows.length > 0 ? true : null;
}

/** What was waited to be written is committed, and Temporal never hears of it. */
async function dieUnheard(held: Held, table: string, where: object): Promise<void> {
  await held.wanted();
  product.holdReports();
  await held.release();
  await product.until('the transaction to commit', () => there(table, where));
  await product.kill();
}

async function dieWaiting(held: Held): Promise<void> {
  await held.wanted();
  await product.kill();
  await held.release();
}

/** Executed on a chain that stands, and not final. */
async function executed(id: string): Promise<void> {
  const state = (wanted: string) =>
    product.until(`the message ${wanted}`, () =>
      there('chain.message', { id: messageOf(id), state: wanted }),
    );
  await state('pushed');
  await product.stand();
  await product.mine(2);
  await state('included');
}

/** Signed no sooner than the row of the sender is let go. */
async function beforeSigning(id: string): Promise<Held> {
  const held = await hold('chain.sender', 'address', cast.hot);
  await ask(id);
  await held.wanted();
  return held;
}

interface Bound {
  readonly message_id: string;
  readonly nonce: number;
}

type Die = (id: string) => Promise<void>;

interface Row {
  readonly die: Die;
  /** What the kill left. */
  readonly left: { readonly state: string | null; readonly message: string | null };
}

const POINTS: Readonly<Record<string, Row>> = {
  'before the money is set aside': {
    die: async (id) => {
      const held = await holdBalance();
      await ask(id);
      await dieWaiting(held);
    },
    left: { state: null, message: null },
  },
  'after it is set aside, before Temporal hears': {
    die: async (id) => {
      const held = await holdBalance();
      await ask(id);
      await dieUnheard(held, 'withdrawal', { id });
    },
    left: { state: 'held', message: null },
  },
  'after it is signed': {
    die: async (id) => dieUnheard(await beforeSigning(id), 'chain.attempt', { message_id: messageOf(id) }),
    left: { state: 'approved', message: 'signed' },
  },
  'after the node took it and did not answer': {
    die: async (id) => {
      const held = await beforeSigning(id);
      await product.stand();
      const plant = { method: 'MpoolPush', times: 1, how: 'timeout-after-accept' };
      await product.devnet.control('Devnet.Fail', plant);
      await held.release();
      await product.until('the message in the mempool', async () => (await product.lotus.mpoolPending())[0]);
      await product.kill();
    },
    left: { state: 'approved', message: 'signed' },
  },
  'at finality, before it is booked': {
    die: async (id) => {
      await ask(id);
      await executed(id);
      const held = await hold('chain.message', 'id', messageOf(id));
      await product.flow();
      await dieWaiting(held);
    },
    left: { state: 'approved', message: 'included' },
  },
  'after it is booked, before Temporal hears': {
    die: async (id) => {
      await ask(id);
      await executed(id);
      const held = await hold('chain.message', 'id', messageOf(id));
      await product.flow();
      await dieUnheard(held, 'ledger.journal', { key: `message/${messageOf(id)}/moved` });
    },
    left: { state: 'paid', message: 'final' },
  },
};

async function wreckOf(id: string): Promise<Row['left']> {
  const [row, message] = await Promise.all([
    product.knex<{ id: string; state: string }>('withdrawal').where({ id }).first(),
    product
      .knex<{ id: string; state: string }>('chain.message')
      .where({ id: messageOf(id) })
      .first(),
  ]);
  return { state: row?.state ?? null, message: message?.state ?? null };
}

test.each(Object.keys(POINTS))('killed %s', async (name) => {
  const point = POINTS[name];
  if (point === undefined) throw new Error(`there is no point "${name}"`);
  const { knex, lotus, client } = product;
  const id = randomUUID();
  const [had, held] = [await cast.available(CUSTOMER), await lotus.walletBalance(home.address)];
  stopped = true;
  await point.die(id);
  expect(await wreckOf(id)).toEqual(point.left);
  await goOn();
  const end = await client.workflow.getHandle<typeof withdrawal>(workflowIds.withdrawal(id)).result();
  expect(end).toMatchObject({ state: 'paid', reason: null });
  expect(had - (await cast.available(CUSTOMER))).toBe(AMOUNT);
  expect((await lotus.walletBalance(addressFrom(home.address))) - held).toBe(AMOUNT);
  const of = { message_id: messageOf(id) };
  const slots = await knex<Bound>('chain.nonce_slot').where(of);
  const attempts = await knex<Bound>('chain.attempt').where(of);
  expect(slots).toHaveLength(1);
  expect(new Set(attempts.map(({ nonce }) => nonce))).toEqual(new Set([slots[0]?.nonce]));
  const keys = [`withdrawal/${id}/hold`, `message/${messageOf(id)}/moved`, `message/${messageOf(id)}/gas`];
  expect(await knex('ledger.journal').whereIn('key', keys)).toHaveLength(keys.length);
  const mailed = () => knex<{ key: string }>('sent_mail').whereLike('key', `withdrawal/${id}/%`);
  await product.until('both mails', async () => ((await mailed()).length === 2 ? true : null));
  expect(await cast.reconcile()).toMatchObject({ outcome: 'matched' });
});
