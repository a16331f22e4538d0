/** Differences between chain and books are told apart by what the chain shows; a journal of two people ends a break. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { makeRemedyActivities } from '../../activities/remedy';
import { readCursor } from '../../db/clock';
import type { CorrectionLine } from '../../domain/correction';
import { atto, attoText, coins, type AttoText } from '../../domain/money';
import { credit, debit, type AccountCode, type Posting } from '../../domain/posting';
import type { RemedyRequest } from '../../domain/remedy';
import { post } from '../../ledger/post';
import { refusalOf } from '../chain/a-chain';
import { agreed } from '../freeze/desk';
import { makeWorld, type World } from './world';

let world: World;
let deposit: string;
let lastRun = '';
beforeAll(async () => {
  world = await makeWorld();
  deposit = await world.depositAddress('ada');
  const sender = await world.outsider();
  await sender.send(deposit, coins(60n));
  await world.devnet.control('Devnet.Fund', world.hot, coins(100n).toString());
  await world.settle();
  await world.sendOwn({
    id: 'fund-1',
    kind: 'fund',
    from: world.hot,
    to: deposit,
    value: attoText(coins(1n)),
  });
  await world.settle();
  // No run yet: one in which all agreed would say that what follows came about after it.
});
afterAll(() => world.close());

interface Line {
  readonly code: AccountCode;
  readonly owner: string;
  readonly side: 'D' | 'C';
  readonly amount: string;
}

/** Posts it once more, the other way round where asked: the books are then as if it never was. */
async function repost(where: object, back: boolean): Promise<void> {
  const journal = await world.knex('ledger.journal').where(where).first<{
    id: number;
    effective_epoch: number;
    executed_epoch: number;
  }>();
  const lines: Line[] = await world
    .knex('ledger.posting as p')
    .join('ledger.account as a', 'a.id', 'p.account_id')
    .where('p.journal_id', journal.id)
    .select('a.code', 'a.owner', 'p.side', 'p.amount');
  const postings: Posting[] = lines.map(({ code, owner, side, amount }) =>
    ((side === 'D') === back ? credit : debit)(code, owner, atto(BigInt(amount))),
  );
  const key = `test/${randomUUID()}`;
  const epochs = { effectiveEpoch: journal.effective_epoch, executedEpoch: journal.executed_epoch };
  await world.knex.transaction((trx) =>
    post(trx, { key, kind: 'test', asset: 'FIL', postings, workflowId: key, ...epochs }),
  );
}

/** What a run finds while the books lack a journal. */
async function without(
  where: object,
): Promise<{ classes: string[]; unexplained: number; sentences: string }> {
  await repost(where, true);
  const { unexplained } = await world.reconcile();
  const found = await newestItems(world.knex);
  await repost(where, false);
  return {
    classes: found.map((item) => item.class),
    unexplained,
    sentences: found.map(({ sentence }) => sentence).join(' '),
  };
}

async function newestItems(
  knex: Knex,
): Promise<{ address: string; class: string; sentence: string; diff: string }[]> {
  const run = await knex('watch.recon_run').orderBy('created_at', 'desc').first<{ id: string }>('id');
  lastRun = run.id;
  return knex('watch.recon_item')
    .where({ run_id: run.id })
    .whereNot({ class: 'matched' })
    .orderBy('address')
    .select('address', 'class', 'sentence', 'diff');
}

const cidOf = async (kind: string): Promise<string> => {
  const row = await world
    .knex('ledger.journal')
    .where({ kind })
    .first<{ message_cid: string }>('message_cid');
  return row.message_cid;
};

test('a deposit that the books lack', async () => {
  const found = await without({ kind: 'deposit' });
  expect(found).toMatchObject({ classes: ['unseen-deposit'], unexplained: 0 });
  expect(found.sentences).toContain(await cidOf('deposit'));
});

test('a transfer between our own addresses', async () => {
  const found = await without({ kind: 'fund' });
  expect(found).toMatchObject({ classes: ['internal-transfer', 'internal-transfer'], unexplained: 0 });
  expect(found.sentences).toContain(await cidOf('fund'));
});

test('gas of our own message', async () => {
  expect(await without({ kind: 'gas' })).toMatchObject({ classes: ['gas'], unexplained: 0 });
});

test('a key used elsewhere stops payouts', async () => {
  const thief = world.thief('hot', 0);
  const loot = await world.outsider(1n);
  await thief.send(loot.address, coins(3n));
  await world.settle();
  const found = await without({ kind: 'foreign-message' });
  expect(found).toMatchObject({ classes: ['foreign-use'], unexplained: 1 });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

/** Books that nothing on chain accounts for: too much by so much, at the booked tipset. */
async function invent(amount: bigint): Promise<void> {
  const cursor = await readCursor(world.knex);
  const key = `test/${randomUUID()}`;
  await world.knex.transaction((trx) =>
    post(trx, {
      ...{ key, kind: 'test', asset: 'FIL', workflowId: key },
      effectiveEpoch: cursor?.clock ?? 0,
      executedEpoch: cursor?.executed ?? 0,
      postings: [
        debit('custody.deposit', deposit, atto(amount)),
        credit('suspense.unidentified', '', atto(amount)),
      ],
    }),
  );
}

describe('what nothing explains', () => {
  let findingId: string;
  const remedy = (journal?: readonly CorrectionLine[]): RemedyRequest => ({
    id: randomUUID(),
    kind: 'resolution',
    subjectId: findingId,
    reason: 'looked',
    actor: { id: 'olga', role: 'operator' },
    ...(journal && { journal }),
  });
  const right: CorrectionLine[] = [
    { side: 'debit', code: 'suspense.unidentified', owner: '', amount: attoText(coins(1n)) },
    { side: 'credit', code: 'custody.deposit', owner: '', amount: attoText(coins(1n)) },
  ];
  const lines = (change: Partial<CorrectionLine> = {}): CorrectionLine[] =>
    right.map((line, i) => (i === 0 ? line : { ...line, owner: deposit, ...change }));

  beforeAll(async () => {
    // What earlier tests broke and mended left a finding of its own.
    const open = await world
      .admin('watch.finding')
      .where({ kind: 'reconciliation-break', resolved_at: null });
    expect(open).toHaveLength(1);
    await world.admin.raw('ALTER TABLE watch.finding DISABLE TRIGGER finding_guard');
    await world.admin('watch.finding').where({ kind: 'reconciliation-break' }).delete();
    await world.admin.raw('ALTER TABLE watch.finding ENABLE TRIGGER finding_guard');
    await invent(coins(1n));
    expect(await world.reconcile()).toMatchObject({ outcome: 'broken', breaks: 1, unexplained: 1 });
    const row = await world
      .knex('watch.finding')
      .where({ subject: (await newestItems(world.knex), lastRun) })
      .first<{
        id: number;
        sentence: string;
      }>();
    findingId = String(row.id);
    expect(row.sentence).toContain('1 of');
    expect(row.sentence).toContain('1 unknown');
  });

  test('it is of no class', async () => {
    expect(await newestItems(world.knex)).toEqual([
      expect.objectContaining({ address: deposit, class: 'unknown', diff: (0n - coins(1n)).toString() }),
    ]);
  });

  test.each<[string, string, () => CorrectionLine[] | undefined]>([
    ['no journal where one is needed', 'break-remains', () => undefined],
    ['an atto too little', 'break-remains', () => scaled(coins(1n) - 1n)],
    ['the wrong way round', 'break-remains', () => lines().map(turned)],
    ['another address', 'journal-invalid', () => lines({ owner: 't1nobody' })],
    ['another kind of custody', 'journal-invalid', () => lines({ code: 'custody.hot' })],
    ['unbalanced', 'journal-invalid', () => lines({ amount: attoText(2n) })],
    ['an account of a pool', 'journal-invalid', () => lines({ code: 'pool.depositors', owner: 'flexible' })],
    ['no custody account', 'journal-invalid', () => [lines()[0]!, { ...lines()[0]!, side: 'credit' }]],
    ['one line', 'journal-invalid', () => lines().slice(0, 1)],
    ['an amount that is none', 'journal-invalid', () => lines({ amount: '-1' as AttoText })],
  ])('refused: %s', async (_, code, journal) => {
    const { describeRemedy } = makeRemedyActivities({ knex: world.knex });
    const before: unknown[] = await world.knex('ledger.journal');
    expect(await refusalOf(describeRemedy(remedy(journal())))).toBe(code);
    expect(await world.knex('ledger.journal')).toHaveLength(before.length);
  });

  const scaled = (amount: bigint): CorrectionLine[] =>
    lines().map((line) => ({ ...line, amount: attoText(amount) }));
  const turned = (line: CorrectionLine): CorrectionLine => ({
    ...line,
    side: line.side === 'debit' ? 'credit' : 'debit',
  });

  test('two people and the right journal end it; the next run matches', async () => {
    const { describeRemedy, resolveFinding } = makeRemedyActivities({ knex: world.knex });
    const facts = await describeRemedy(remedy(lines()));
    expect(facts).toMatchObject({
      journal1: `debit suspense.unidentified - ${coins(1n)}`,
      journal2: `credit custody.deposit ${deposit} ${coins(1n)}`,
    });
    // The database itself: not without the journal, whoever agreed.
    const bare = await agreed(world.admin, 'resolution', findingId);
    const close = world.knex('watch.finding').where({ id: findingId });
    await expect(close.update({ resolved_at: new Date(), resolution_id: bare })).rejects.toThrow(
      'still differ',
    );
    const nothing = { findingId, approvalId: bare, workflowId: 'remedy/bare' };
    expect(await refusalOf(resolveFinding(nothing))).toBe('break-remains');

    const approvalId = await agreed(world.admin, 'resolution', findingId, facts);
    const input = { findingId, approvalId, workflowId: 'remedy/r' };
    await resolveFinding(input);
    await resolveFinding(input);
    const journals = await world
      .knex<{ id: number; kind: string; approval_id: string; workflow_id: string }>('ledger.journal')
      .where({ kind: 'correction' });
    expect(journals).toMatchObject([{ approval_id: approvalId, workflow_id: 'remedy/r' }]);
    expect(await world.knex('watch.finding').where({ id: findingId }).first()).toMatchObject({
      resolution_id: approvalId,
      journal_id: journals[0]?.id,
    });
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched', breaks: 0, unexplained: 0 });
  });
});
