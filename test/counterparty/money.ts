/** What the rows lend from: gas of the treasury's, and a depositor's FIL in the pool; and who agrees to it. */
import { attoText, coins } from '../../domain/money';
import { waitFor } from '../../stack/wait';
import { decide, workflowIds } from '../../workflows/handles';
import type { subscription } from '../../workflows/subscription';
import type { topUp } from '../../workflows/top-up';
import type { Platform } from '../watch/platform';
import { balanceOf } from '../watch/world';

const CHECKER = { id: 'carl', role: 'checker' };
const TREASURER = { id: 'tina', role: 'treasurer' };

export const until = <T>(what: string, probe: () => Promise<T | undefined>): Promise<T> =>
  waitFor(probe, { what, timeoutMs: 240_000, everyMs: 150 });

/** Agrees to what waits for a second person on the subject. */
export async function agree(
  { knex, client }: Platform,
  subjectId: string,
  workflowId: string,
): Promise<void> {
  const approval = await until(`an approval of ${subjectId}`, async () =>
    knex<{ id: string; subject_id: string; subject_hash: string; state: string }>('approval')
      .where({ subject_id: subjectId, state: 'waiting' })
      .first(),
  );
  const decision = { approvalId: approval.id, decision: 'accept', reason: 'looked at it' } as const;
  const args = { ...decision, subjectHash: approval.subject_hash, actor: CHECKER };
  await client.workflow.getHandle(workflowId).executeUpdate(decide, { args: [args] });
}

/** The treasury's own FIL for gas, and a depositor's in the pool. */
export async function prepare(platform: Platform): Promise<void> {
  const { client, hot, knex } = platform;
  const treasury = await platform.outsider();
  const announced = { id: 'gas', amount: attoText(coins(50n)), from: treasury.address, actor: TREASURER };
  const workflowId = workflowIds.topUp('gas');
  await client.workflow.start<typeof topUp>('topUp', { taskQueue: 'core', workflowId, args: [announced] });
  await agree(platform, 'gas', workflowId);
  await until('the top-up open', async () => {
    const row = await knex<{ id: string; state: string }>('watch.top_up').where({ id: 'gas' }).first();
    return row?.state === 'open' ? true : undefined;
  });
  await treasury.send(hot, coins(50n));
  await platform.customer('depositor');
  const depositor = await platform.outsider(5_000n);
  await depositor.send(await platform.depositAddress('depositor'), coins(3_000n));
  await until('the deposit on the hot wallet', async () =>
    (await balanceOf(knex, 'custody.hot', hot)) > coins(3_000n) ? true : undefined,
  );
  const request = { customerId: 'depositor', poolId: 'flexible', amount: attoText(coins(2_900n)) };
  await client.workflow.execute<typeof subscription>('subscription', {
    taskQueue: 'core',
    workflowId: workflowIds.subscription('s1'),
    args: [{ subscriptionId: 's1', ...request }],
  });
}
