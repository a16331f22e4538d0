/** Terms that change while a loan runs, as its workflow leads it: who may ask, who decides, what follows. */
import { decide, type Decision } from '../../workflows/handles';
import { extendLoan, type ExtensionRequest } from '../../workflows/handles-loan';
import { newRun } from '../../workflows/loan-run';
import { codeOf, only } from './people';
import { aStage, type Player, type Stage } from './stage';
import { POLL_MS, aWorld, CHECKER, MAKER, refusal, storyOf, TAKEN, type World } from './world';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

const settledWhen = (world: World, told: string, enough: number) => () =>
  only(storyOf(world), told).length >= enough ? 0n : 100n;

async function active(player: Player, name: string) {
  const run = { ...newRun(name), state: 'active' as const, owner: 'f0100', taken: TAKEN, pollMs: POLL_MS };
  await player.resume({ ...run, sent: { fund: 1 } });
  return stage.env.client.workflow.getHandle(`loan/${name}`);
}

const asked = (changes: Partial<ExtensionRequest> = {}): [ExtensionRequest] => [
  { actor: MAKER, reason: 'pledges end later', maturityEpoch: 2_100, ...changes },
];

const judged = (approvalId: string, changes: Partial<Decision> = {}): [Decision] => [
  { approvalId, actor: CHECKER, decision: 'accept', reason: 'fine', subjectHash: 'hash', ...changes },
];

test('overdue, extended by two people, active again, overdue once more: each is told once', async () => {
  let mature = true;
  const world: World = aWorld({
    debt: () => ({ debt: settledWhen(world, 'moveLoan overdue', 2)(), mature }),
  });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'extended');
    await player.until(handle as never, 'overdue');
    const { approvalId } = await handle.executeUpdate(extendLoan, { args: asked() });
    expect(await codeOf(handle.executeUpdate(extendLoan, { args: asked() }))).toBe('extension-pending');
    const refused = (changes: Partial<Decision>) =>
      codeOf(handle.executeUpdate(decide, { args: judged(approvalId, changes) }));
    expect(await refused({ actor: { id: MAKER.id, role: 'checker' } })).toBe('maker-is-checker');
    expect(await refused({ actor: { id: 'other', role: 'operator' } })).toBe('not-allowed');
    expect(await refused({ reason: ' ' })).toBe('reason-required');
    expect(only(storyOf(world), 'decideExtension')).toEqual([]);
    await handle.executeUpdate(decide, { args: judged(approvalId) });
    mature = false;
    await player.until(handle as never, 'active');
    expect(await refused({})).toBe('already-decided');
    mature = true;
    await handle.result();
    await player.keep(handle as never, 'loan-extended');
  });
  expect(only(storyOf(world), 'mail')).toEqual([
    'mail loan-overdue',
    'mail loan-extended',
    'mail loan-overdue',
    'mail loan-settled',
    'mail loan-closed',
  ]);
  expect(only(storyOf(world), 'decideExtension', 'dueTime')).toEqual(['decideExtension', 'dueTime']);
  const steps = world.asked
    .filter(({ what }) => what === 'moveLoan')
    .map(({ input }) => (input as { step: { step: string } }).step.step);
  expect(steps).toEqual(['overdue', 'extended-1', 'overdue-2', 'settled', 'owner-proposed']);
});

test('an extension that a checker refuses moves nothing and may be asked for again', async () => {
  const world: World = aWorld({ debt: () => ({ debt: settledWhen(world, 'askExtension', 2)() }) });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'not-extended');
    const first = await handle.executeUpdate(extendLoan, { args: asked() });
    const no = await handle.executeUpdate(decide, { args: judged(first.approvalId, { decision: 'refuse' }) });
    expect(no.state).toBe('refused');
    await handle.executeUpdate(extendLoan, { args: asked() });
    await handle.result();
  });
  expect(only(storyOf(world), 'mail loan-extended', 'dueTime')).toEqual([]);
});

test('who may not ask, and what the database refuses, changes nothing', async () => {
  const world: World = aWorld({
    debt: () => ({ debt: settledWhen(world, 'askExtension', 2)() }),
    extend: () => {
      if (only(storyOf(world), 'askExtension').length === 1) throw refusal('extension-out-of-range');
    },
  });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'not-asked');
    const refused = (changes: Partial<ExtensionRequest>) =>
      codeOf(handle.executeUpdate(extendLoan, { args: asked(changes) }));
    expect(await refused({ actor: { id: 'a', role: 'auditor' } })).toBe('not-allowed');
    expect(await refused({ actor: CHECKER })).toBe('not-allowed');
    expect(await refused({ reason: '' })).toBe('reason-required');
    expect(only(storyOf(world), 'askExtension')).toEqual([]);
    expect(await refused({ maturityEpoch: 5 })).toBe('extension-out-of-range');
    await handle.executeUpdate(extendLoan, { args: asked() });
    await handle.result();
  });
});

test('a loan that lends nothing yet has no maturity to move', async () => {
  const world = aWorld();
  await stage.play(world, async (player) => {
    const handle = await player.apply('too-early');
    await player.until(handle, 'preflight');
    expect(await codeOf(handle.executeUpdate(extendLoan, { args: asked() }))).toBe('wrong-state');
    await handle.result();
  });
  expect(only(storyOf(world), 'askExtension')).toEqual([]);
});
