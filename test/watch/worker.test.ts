import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { Child } from '../../stack/child';

import type { deposit } from '../../workflows/deposit';
import type { reconciliation } from '../../workflows/reconciliation';
import type { sweep } from '../../workflows/sweep';
import type { topUp } from '../../workflows/top-up';
import { findTransfer } from '../../db/transfer';
import { attoText, coins } from '../../domain/money';
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
  expect(await balanceOf(knex, 'custody.hot', hot)).toBe(BigInt(moved.amount));
  expect(await platform.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('a top-up is equity only when announced, approved by somebody else and sent as announced', async () => {
  const { knex, hot, client, mine } = platform;
  const treasury = await platform.outsider();
  const held = await balanceOf(knex, 'custody.hot', hot);
  const maker = { id: 'treasurer-1', role: 'treasurer' };
  const handle = await client.workflow.start<typeof topUp>('topUp', {
    taskQueue: 'core',
    workflowId: workflowIds.topUp('t1'),
    args: [{ id: 't1', amount: attoText(coins(5n)), from: treasury.address, actor: maker }],
  });
  const approval = await platform.until('the approval', async () =>
    knex<{ id: string; subject_id: string; subject_hash: string }>('approval')
      .where({ subject_id: 't1' })
      .first(),
  );
  const decision = {
    approvalId: approval.id,
    decision: 'accept' as const,
    reason: 'as agreed',
    subjectHash: approval.subject_hash,
  };
  await expect(handle.executeUpdate(decide, { args: [{ ...decision, actor: maker }] })).rejects.toMatchObject(
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
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(coins(4n));
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
