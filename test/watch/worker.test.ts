import { Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { Child } from '../../stack/child';

import type { deposit } from '../../workflows/deposit';
import type { reconciliation } from '../../workflows/reconciliation';
import type { sweep } from '../../workflows/sweep';
import type { topUp } from '../../workflows/top-up';
import { findTransfer } from '../../db/transfer';
import { readCursor } from '../../db/clock';
import { atto, attoText, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { checkSearchAttributes } from '../../workers/main';
import { decide, SA, standing, workflowIds } from '../../workflows/handles';
import { makePlatform, type Platform } from './platform';
import { available, balanceOf, FINALITY } from './world';

jest.setTimeout(180_000);

let platform: Platform;
let first: Child;
beforeAll(async () => {
  platform = await makePlatform();
  first = await platform.startWorker();
});
afterAll(() => platform.close());

async function journals(kind: string): Promise<number> {
  const rows: unknown[] = await platform.knex('ledger.journal').where({ kind });
  return rows.length;
}

const MAKER = { id: 'treasurer-1', role: 'treasurer' };

/** Starts a top-up of 5 FIL from this sender. */
function announce(id: string, from: string): Promise<WorkflowHandleWithFirstExecutionRunId<typeof topUp>> {
  return platform.client.workflow.start<typeof topUp>('topUp', {
    taskQueue: 'core',
    workflowId: workflowIds.topUp(id),
    args: [{ id, amount: attoText(coins(5n)), from, actor: MAKER }],
  });
}

function approvalOf(subject: string): Promise<{ id: string; subject_hash: string }> {
  return platform.until('the approval', async () =>
    platform
      .knex<{ id: string; subject_id: string; subject_hash: string }>('approval')
      .where({ subject_id: subject })
      .first(),
  );
}

/** Mines until the probe answers: workers follow by themselves. */
async function miningUntil<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  return platform.until(what, async () => {
    const found = await probe();
    if (found === undefined) await platform.mine(1);
    return found;
  });
}

test('a worker killed right after booking: the deposit is credited once, mailed once, and swept', async () => {
  const { knex, hot, client, mine, until } = platform;
  await platform.customer('ada');
  const address = await platform.depositAddress('ada');
  const sender = await platform.outsider();
  const cid = await sender.send(address, coins(60n));
  await mine(2);
  const handle = client.workflow.getHandle<typeof deposit>(workflowIds.deposit(cid, 0));
  await until('the deposit confirming', async () => {
    const { state } = await handle.query(standing);
    return state === 'confirming' ? true : undefined;
  });
  const { typedSearchAttributes } = await handle.describe();
  expect(typedSearchAttributes.get(SA.customerRef)).toBe('ada');
  expect(await available(knex, 'ada')).toBe(0n);

  await mine(FINALITY);
  await until('the booking', async () => {
    const row = await findTransfer(knex, { cid, index: 0 });
    return row?.state === 'final' ? true : undefined;
  });
  await first.stop(0);
  expect(await available(knex, 'ada')).toBe(coins(60n));

  await platform.startWorker();
  const outcome = await handle.result();
  expect(outcome).toMatchObject({ outcome: 'credited', amount: attoText(coins(60n)) });
  expect(await journals('deposit')).toBe(1);
  await until('the mail', () => Promise.resolve(platform.mails.length > 0 ? true : undefined));
  expect(platform.mails).toEqual(['ada@example.com']);

  const swept = await miningUntil('the sweep', async () => {
    const row = await knex<{ address: string; n: number; state: string }>('watch.sweep')
      .where({ address })
      .first();
    return row?.state === 'swept' ? row : undefined;
  });
  const sweeping = client.workflow.getHandle<typeof sweep>(workflowIds.sweep(address, swept.n));
  const moved = await sweeping.result();
  expect(moved.outcome).toBe('swept');
  await platform.record('deposit-credited', workflowIds.deposit(cid, 0));
  await platform.record('sweep', workflowIds.sweep(address, swept.n));
  await platform.record('message-final', workflowIds.message(`sweep-${address}-${swept.n}`));
  expect(await balanceOf(knex, 'custody.hot', hot)).toBe(BigInt(moved.amount));
  expect(await platform.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('a deposit that a reorg took for good ends without a credit', async () => {
  const { knex, client, mine, devnet } = platform;
  await platform.customer('bob');
  const address = await platform.depositAddress('bob');
  const sender = await platform.outsider();
  const nonce = await platform.lotus.mpoolNonce(sender.address);
  const cid = await sender.send(address, coins(8n));
  await mine(2);
  const handle = client.workflow.getHandle<typeof deposit>(workflowIds.deposit(cid, 0));
  const reach = (state: string): Promise<true> =>
    platform.until(`the deposit ${state}`, async () =>
      (await handle.query(standing)).state === state ? true : undefined,
    );
  await reach('confirming');
  await devnet.control('Devnet.Reorg', 2);
  await reach('orphaned');
  await sender.send(sender.address, 0n, { nonce, premium: 1_000_000n });
  await mine(FINALITY + 2);
  expect(await handle.result()).toMatchObject({ outcome: 'replaced', journalId: null });
  expect(await available(knex, 'bob')).toBe(0n);
  expect(platform.mails).not.toContain('bob@example.com');
  await platform.record('deposit-replaced', handle.workflowId);
});

test('FIL at a loan’s address is swept though no deposit workflow sees to it', async () => {
  const { knex, settle, hot } = platform;
  const repayment = await platform.derive('repayment', 'no-loan');
  const sender = await platform.outsider();
  const held = await balanceOf(knex, 'custody.hot', hot);
  await sender.send(repayment, coins(4n));
  await settle();
  const swept = await miningUntil('the sweep', async () => {
    const row = await knex<{ address: string; state: string; amount: string; opened_by: string }>(
      'watch.sweep',
    )
      .where({ address: repayment })
      .first();
    return row?.state === 'swept' ? row : undefined;
  });
  expect(swept.opened_by).toMatch(/^chain-watch\/sweep-/);
  expect(await balanceOf(knex, 'custody.hot', hot)).toBe(held + BigInt(swept.amount));
  await platform.record('chain-watch', workflowIds.chainWatch());
});

test('a top-up that is refused is none: its FIL goes to suspense', async () => {
  const { knex, hot, settle } = platform;
  const treasury = await platform.outsider();
  const handle = await announce('t0', treasury.address);
  const suspense = await balanceOf(knex, 'suspense.unidentified', '');
  const approval = await approvalOf('t0');
  const decision = { approvalId: approval.id, decision: 'refuse' as const, reason: 'not now' };
  const actor = { id: 'checker-1', role: 'checker' };
  await handle.executeUpdate(decide, { args: [{ ...decision, subjectHash: approval.subject_hash, actor }] });
  expect(await handle.result()).toEqual({ outcome: 'refused', cid: null });
  await treasury.send(hot, coins(5n));
  await settle();
  await platform.until('the booking', async () =>
    (await balanceOf(knex, 'suspense.unidentified', '')) === suspense + coins(5n) ? true : undefined,
  );
  expect(await balanceOf(knex, 'equity', '')).toBe(0n);
  await platform.record('top-up-refused', handle.workflowId);
});

test('a top-up is equity only when announced, approved by somebody else and sent as announced', async () => {
  const { knex, hot, mine } = platform;
  const treasury = await platform.outsider();
  const held = await balanceOf(knex, 'custody.hot', hot);
  const suspense = await balanceOf(knex, 'suspense.unidentified', '');
  const handle = await announce('t1', treasury.address);
  const approval = await approvalOf('t1');
  const decision = {
    approvalId: approval.id,
    decision: 'accept' as const,
    reason: 'as agreed',
    subjectHash: approval.subject_hash,
  };
  await expect(handle.executeUpdate(decide, { args: [{ ...decision, actor: MAKER }] })).rejects.toMatchObject(
    { cause: { type: 'maker-is-checker' } },
  );
  await handle.executeUpdate(decide, {
    args: [{ ...decision, actor: { id: 'checker-1', role: 'checker' } }],
  });
  await platform.until('the top-up open', async () => {
    const row = await knex<{ id: string; state: string }>('watch.top_up').where({ id: 't1' }).first();
    return row?.state === 'open' ? true : undefined;
  });
  await treasury.send(hot, coins(4n));
  await treasury.send(hot, coins(5n));
  await mine(FINALITY + 2);
  expect(await handle.result()).toMatchObject({ outcome: 'arrived' });
  expect(await balanceOf(knex, 'equity', '')).toBe(coins(5n));
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(suspense + coins(4n));
  await platform.record('top-up-arrived', handle.workflowId);
  expect(await balanceOf(knex, 'custody.hot', hot)).toBe(held + coins(9n));
});

test('reconciliation on demand keeps its run; the same id is the same run', async () => {
  const { client, knex } = platform;
  const run = (): Promise<unknown> =>
    client.workflow.execute<typeof reconciliation>('reconciliation', {
      taskQueue: 'core',
      workflowId: workflowIds.reconciliation('r1'),
      args: [{ id: 'r1' }],
    });
  const kept = await run();
  expect(kept).toMatchObject({ outcome: 'matched', breaks: 0 });
  await platform.mine(3);
  expect(await run()).toEqual(kept);
  const items: unknown[] = await knex('watch.recon_item').where({ run_id: 'r1', class: 'matched' });
  await platform.record('reconciliation', workflowIds.reconciliation('r1'));
  expect(items.length).toBe((kept as { addresses: number }).addresses);
});

test('a worker refuses a namespace that lacks search attributes, and names them', async () => {
  const { client, namespace } = platform;
  const bare = new Client({ connection: client.connection, namespace: `${namespace}-bare` });
  await client.workflowService.registerNamespace({
    namespace: `${namespace}-bare`,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  try {
    const names = Object.values(SA).map(({ name }) => name);
    await platform.until('the refusal', async () => {
      await expect(checkSearchAttributes(bare)).rejects.toThrow(
        `not registered in namespace ${namespace}-bare: ${names.join(', ')}`,
      );
      return true;
    });
    await expect(checkSearchAttributes(client)).resolves.toBeUndefined();
  } finally {
    await client.connection.operatorService.deleteNamespace({ namespace: `${namespace}-bare` });
  }
});

test('what nothing explains stops payouts, once, and staff are told', async () => {
  const { client, knex, hot, mails } = platform;
  await platform.admin('staff').insert({
    ...{
      id: 's1',
      email: 'checker@loanstone.test',
      role: 'checker',
      password_hash: '$argon2id$v=19$m=8,t=1,p=1$none',
    },
  });
  const cursor = await readCursor(knex);
  await knex.transaction((trx) =>
    post(trx, {
      ...{ key: 'test/invented', kind: 'test', asset: 'FIL', workflowId: 'test/invented' },
      effectiveEpoch: cursor?.clock ?? 0,
      executedEpoch: cursor?.executed ?? 0,
      postings: [debit('custody.hot', hot, atto(1n)), credit('suspense.unidentified', '', atto(1n))],
    }),
  );
  const run = (id: string) =>
    client.workflow.execute<typeof reconciliation>('reconciliation', {
      taskQueue: 'core',
      workflowId: workflowIds.reconciliation(id),
      args: [{ id }],
    });
  expect(await run('r2')).toMatchObject({ outcome: 'broken', unexplained: 1, frozen: false });
  const freezes = await platform.until('the freeze', async () => {
    const rows = await knex<{ id: string; scope: string; cause: string; reason: string }>('freezes');
    return rows.length > 0 ? rows : undefined;
  });
  expect(freezes).toMatchObject([{ id: 'reconciliation-r2', scope: 'payouts', cause: 'reconciliation' }]);
  expect(freezes[0]?.reason).toContain('Reconciliation r2 at epoch');
  const { needsAction } = await client.workflow.getHandle('freeze/reconciliation-r2').query(standing);
  expect(needsAction).toContain('All payouts are frozen: Reconciliation r2');
  await platform.until('the mail', () =>
    Promise.resolve(mails.includes('checker@loanstone.test') ? true : undefined),
  );
  expect(await run('r3')).toMatchObject({ outcome: 'broken', frozen: true });
  expect(await knex('freezes')).toHaveLength(1);
  expect(await knex('watch.finding').where({ kind: 'reconciliation-break' })).toHaveLength(1);
  await platform.record('reconciliation-broken', workflowIds.reconciliation('r2'));
});
