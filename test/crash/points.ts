/**
 * The points at which a process may die, and how a test stops it exactly there from outside: rows that it waits for, a
 * way to Temporal that lets nothing through, a chain that stands, a node that takes a message and does not answer.
 */
import { coins } from '../../domain/money';
import type { Borrower, Cast } from './cast';
import type { Processes } from './processes';
import { holdRows, type Held } from './rows';
import type { Wreck } from './wreck';

export interface Scene {
  readonly product: Processes;
  readonly cast: Cast;
  readonly borrower: Borrower;
}

type Kind = 'fund' | 'owner-confirm' | 'disburse' | 'withdraw-balance' | 'owner-propose';

export interface Point {
  /** Where the loan stands before. */
  readonly lead: 'in_approval' | 'escrow_offered' | 'active';
  /** Leads the product to the point and kills it there. */
  readonly die: (scene: Scene) => Promise<void>;
  /** What shows that it died there and nowhere else. */
  readonly left: Partial<Wreck>;
  /** The message that is under way, or the next one after the point. */
  readonly message: Kind;
  /** What the miner earns meanwhile, attoFIL. */
  readonly income?: bigint;
  /** Where the loan is once it went on by itself. */
  readonly then: 'escrow_offered' | 'active' | 'returning';
}

/** The id of a loan's first message of a kind. */
export const messageOf = ({ borrower }: Scene, kind: Kind): string => `${borrower.loanId}-${kind}-1`;

const hold = ({ product }: Scene, table: string, key: string, value: string): Promise<Held> =>
  holdRows(product.adminUrl, `SELECT 1 FROM ${table} WHERE ${key} = $1 FOR NO KEY UPDATE`, [value]);
const holdLoan = (scene: Scene): Promise<Held> => hold(scene, 'loan', 'id', scene.borrower.loanId);
const holdHot = (scene: Scene): Promise<Held> => hold(scene, 'chain.sender', 'address', scene.cast.hot);
const holdMessage = (scene: Scene, kind: Kind): Promise<Held> =>
  hold(scene, 'chain.message', 'id', messageOf(scene, kind));

/** Killed while it waits for the rows: what it wanted to write never was. */
async function dieWaiting({ product }: Scene, held: Held): Promise<void> {
  await held.wanted();
  await product.kill();
  await held.release();
}

type Probe = () => Promise<true | null>;

/** Killed after what it waited to write was committed, and before Temporal could hear of it. */
async function dieUnheard({ product }: Scene, held: Held, committed: Probe): Promise<void> {
  await held.wanted();
  product.holdReports();
  await held.release();
  await product.until('the transaction to commit', committed);
  await product.kill();
}

function signed(scene: Scene, kind: Kind, times: number): Probe {
  return async () => {
    const attempts: unknown[] = await scene.product
      .knex('chain.attempt')
      .where({ message_id: messageOf(scene, kind) });
    return attempts.length >= times ? true : null;
  };
}

function journaled({ product }: Scene, key: string): Probe {
  return async () => ((await product.knex('ledger.journal').where({ key })).length > 0 ? true : null);
}

async function inState({ product, ...scene }: Scene, kind: Kind, state: string): Promise<void> {
  await product.until(`${kind} to be ${state}`, async () => {
    const id = messageOf({ product, ...scene }, kind);
    const rows: unknown[] = await product.knex('chain.message').where({ id, state });
    return rows.length > 0 ? true : null;
  });
}

/** Stops the chain with the message executed, seen and not final. */
async function executed(scene: Scene, kind: Kind): Promise<void> {
  await inState(scene, kind, 'pushed');
  await scene.product.stand();
  await scene.product.mine(2);
  await inState(scene, kind, 'included');
}

/** The borrower hands over; the disbursement waits to be signed, on a chain that stands. */
async function beforeSigning(scene: Scene): Promise<Held> {
  const held = await holdHot(scene);
  await scene.cast.propose(scene.borrower);
  await held.wanted();
  await scene.product.stand();
  return held;
}

/** The same, and then it is signed, pushed and executed, but not final. */
async function disbursed(scene: Scene): Promise<Held> {
  const held = await beforeSigning(scene);
  await held.release();
  await executed(scene, 'disburse');
  return holdMessage(scene, 'disburse');
}

const INCOME = coins(20n);
/** Above what any estimate of these tests allows for. */
const DEAR = 40_000_000n;

async function dieReplacing(scene: Scene): Promise<void> {
  const { product } = scene;
  const held = await beforeSigning(scene);
  await product.devnet.control('Devnet.BaseFee', DEAR.toString());
  await held.release();
  await inState(scene, 'disburse', 'pushed');
  const again = await holdHot(scene);
  await product.flow();
  await dieUnheard(scene, again, signed(scene, 'disburse', 2));
}

async function dieUnanswered(scene: Scene): Promise<void> {
  const { product } = scene;
  const held = await beforeSigning(scene);
  const plant = { method: 'MpoolPush', times: 1, how: 'timeout-after-accept' };
  await product.devnet.control('Devnet.Fail', plant);
  await held.release();
  await product.until('the message in the mempool', async () => (await product.lotus.mpoolPending())[0]);
  await product.kill();
}

export const POINTS: Readonly<Record<string, Point>> = {
  'before hold': {
    lead: 'in_approval',
    die: async (scene) => {
      const held = await holdLoan(scene);
      await scene.cast.accept(scene.borrower);
      await dieWaiting(scene, held);
    },
    left: { loan: 'in_approval', committed: false, message: null },
    message: 'fund',
    then: 'escrow_offered',
  },
  'after hold': {
    lead: 'in_approval',
    die: async (scene) => {
      const held = await holdLoan(scene);
      await scene.cast.accept(scene.borrower);
      const committed: Probe = async () => ((await scene.cast.row(scene.borrower)).committed ? true : null);
      await dieUnheard(scene, held, committed);
    },
    left: { committed: true, message: null },
    message: 'fund',
    then: 'escrow_offered',
  },
  'after sign commit': {
    lead: 'escrow_offered',
    die: async (scene) => dieUnheard(scene, await beforeSigning(scene), signed(scene, 'disburse', 1)),
    left: { message: 'signed', attempts: 1, inMempool: 0 },
    message: 'disburse',
    then: 'active',
  },
  'after push': {
    lead: 'escrow_offered',
    die: dieUnanswered,
    left: { message: 'signed', attempts: 1, inMempool: 1 },
    message: 'disburse',
    then: 'active',
  },
  'after inclusion': {
    lead: 'escrow_offered',
    die: async (scene) => {
      await (await disbursed(scene)).release();
      await scene.product.kill();
    },
    left: { message: 'included', executedForGood: false, booked: false },
    message: 'disburse',
    then: 'active',
  },
  'at finality before the journal': {
    lead: 'escrow_offered',
    die: async (scene) => {
      const held = await disbursed(scene);
      await scene.product.flow();
      await dieWaiting(scene, held);
    },
    left: { message: 'included', executedForGood: true, booked: false },
    message: 'disburse',
    then: 'active',
  },
  "after the journal before the activity's result": {
    lead: 'escrow_offered',
    die: async (scene) => {
      const held = await disbursed(scene);
      await scene.product.flow();
      const key = `message/${messageOf(scene, 'disburse')}/disbursement`;
      await dieUnheard(scene, held, journaled(scene, key));
    },
    left: { loan: 'disbursing', message: 'final', booked: true },
    message: 'disburse',
    then: 'active',
  },
  'replace-by-fee persisted but not pushed': {
    lead: 'escrow_offered',
    die: dieReplacing,
    left: { message: 'pushed', attempts: 2, inMempool: 1 },
    message: 'disburse',
    then: 'active',
  },
  'escrow confirmed before it is recorded': {
    lead: 'escrow_offered',
    die: async (scene) => {
      await scene.cast.propose(scene.borrower);
      await executed(scene, 'owner-confirm');
      const held = await holdLoan(scene);
      await scene.product.flow();
      await dieWaiting(scene, held);
    },
    left: { loan: 'escrow_proposed', message: 'final', ownerIsEscrow: true },
    message: 'owner-confirm',
    then: 'active',
  },
  'sweep executed before it is booked': {
    lead: 'active',
    die: async (scene) => {
      await scene.product.devnet.control('Devnet.Fund', scene.borrower.miner, INCOME.toString());
      await executed(scene, 'withdraw-balance');
      const held = await holdMessage(scene, 'withdraw-balance');
      await scene.product.flow();
      await dieWaiting(scene, held);
    },
    left: { message: 'included', executedForGood: true, booked: false },
    message: 'withdraw-balance',
    income: INCOME,
    then: 'active',
  },
  'owner proposed back before it is recorded': {
    lead: 'active',
    die: async (scene) => {
      await scene.cast.repay(scene.borrower);
      await executed(scene, 'owner-propose');
      const held = await holdLoan(scene);
      await scene.product.flow();
      await dieWaiting(scene, held);
    },
    left: { loan: 'settled', message: 'final', ownerProposed: true },
    message: 'owner-propose',
    then: 'returning',
  },
};
