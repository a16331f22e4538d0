/** A mail on its way: tried until the mail server takes it, in plain sight while it does not. */
import { cancelAndRelease, retryNow, standing, workflowIds } from '../../workflows/handles';
import type { mail } from '../../workflows/mail';
import { codeOf } from '../loan/people';
import { aStage, type Stage } from '../loan/stage';
import { aWorld, MAKER, type World } from '../loan/world';
import { untilHelp } from '../support/time-skipping';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

const request = (reason: string) => [{ actor: MAKER, reason }] as [{ actor: typeof MAKER; reason: string }];

const start = (step: string) => {
  const key = `loan/l1/${step}`;
  return stage.env.client.workflow.start<typeof mail>('mail', {
    workflowId: workflowIds.mail(key),
    taskQueue: 'core',
    args: [{ to: 'customer', customerId: 'bea', key, template: 'loan-closed', data: { miner: 'f01000' } }],
  });
};

const tries = (world: World): number => world.asked.filter(({ what }) => what === 'sendMail').length;

test('one that the mail server takes is sent once', async () => {
  const world = aWorld();
  await stage.play(world, async () => {
    expect(await (await start('taken')).result()).toEqual({ outcome: 'sent' });
  });
  expect(tries(world)).toBe(1);
});

test('one that it does not take asks for help, goes on trying, and is sent when it can be', async () => {
  let broken = true;
  const world = aWorld({ broken: (name) => broken && name === 'sendMail' });
  await stage.play(world, async () => {
    const handle = await start('stuck');
    expect(await codeOf(handle.executeUpdate(retryNow, { args: request('early') }))).toBe('wrong-state');
    await untilHelp(stage.env, handle);
    expect(await handle.query(standing)).toEqual({
      state: 'stuck',
      waitingFor: 'the mail server',
      needsAction: 'Stuck at “Hand the mail to the mail server”: it does not answer',
    });
    broken = false;
    expect(await handle.result()).toEqual({ outcome: 'sent' });
    expect((await handle.query(standing)).needsAction).toBeNull();
  });
  expect(tries(world)).toBe(1);
});

test('a person has it tried at once, or given up', async () => {
  let broken = true;
  const world = aWorld({ broken: (name) => broken && name === 'sendMail' });
  await stage.play(world, async () => {
    const [given, tried] = [await start('given-up'), await start('tried')];
    for (const handle of [given, tried]) await untilHelp(stage.env, handle);
    expect(await codeOf(given.executeUpdate(cancelAndRelease, { args: request(' ') }))).toBe(
      'reason-required',
    );
    await given.executeUpdate(cancelAndRelease, { args: request('told by telephone') });
    expect(await given.result()).toEqual({ outcome: 'given-up' });
    broken = false;
    await tried.executeUpdate(retryNow, { args: request('repaired') });
    expect(await tried.result()).toEqual({ outcome: 'sent' });
  });
});
