/** The disbursements after the first, as the loan's workflow leads them: who asks, who decides, what follows. */
import { decide, type Decision } from '../../workflows/handles';
import { collateralNeeds } from '../../workflows/handles-collateral';
import { disburseNext } from '../../workflows/handles-loan';
import { newRun } from '../../workflows/loan-run';
import { codeOf, only } from './people';
import { aStage, type Player, type Stage } from './stage';
import { POLL_MS, aWorld, CHECKER, MAKER, refusal, storyOf, TAKEN, type Script, type World } from './world';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

/** Owes until so many things of the kind were asked of the world. */
const owesUntil = (world: () => World, what: string, enough: number) => () => ({
  debt: only(storyOf(world()), what).length >= enough ? 0n : 100n,
});

async function active(player: Player, name: string) {
  const run = { ...newRun(name), state: 'active' as const, owner: 'f0100', taken: TAKEN, pollMs: POLL_MS };
  await player.resume({ ...run, sent: { fund: 1, disburse: 1 } });
  return stage.env.client.workflow.getHandle(`loan/${name}`);
}
type Handle = Awaited<ReturnType<typeof active>>;

const EVIDENCE = { actor: MAKER, reason: 'The sectors are sealed: see the report of May' };
const asks = (handle: Handle, changes: Partial<typeof EVIDENCE> = {}) =>
  handle.executeUpdate(disburseNext, { args: [{ ...EVIDENCE, ...changes }] });
const decides = (handle: Handle, approvalId: string, changes: Partial<Decision> = {}) =>
  handle.executeUpdate(decide, {
    args: [
      { approvalId, actor: CHECKER, decision: 'accept', reason: 'seen', subjectHash: 'hash', ...changes },
    ],
  });

const disbursed = (world: World): unknown[] =>
  world.asked.filter(({ what }) => what === 'planDisburse').map(({ input }) => input);

test('asked for by one, decided by another, judged once more, sent, kept, and the borrower told', async () => {
  const world: World = aWorld({ debt: owesUntil(() => world, 'mail loan-disbursed', 1) });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'parts');
    const { approvalId } = await asks(handle);
    expect(await codeOf(asks(handle))).toBe('disbursement-pending');
    const refused = (changes: Partial<Decision>) => codeOf(decides(handle, approvalId, changes));
    expect(await refused({ actor: { id: MAKER.id, role: 'checker' } })).toBe('maker-is-checker');
    expect(await refused({ actor: { id: 'other', role: 'treasurer' } })).toBe('not-allowed');
    expect(await refused({ reason: ' ' })).toBe('reason-required');
    expect(only(storyOf(world), 'decideDisbursement', 'message')).toEqual([]);
    expect(await decides(handle, approvalId)).toEqual({ approvalId, state: 'accepted' });
    await handle.result();
    await player.keep(handle as never, 'loan-in-parts');
    expect(disbursed(world)).toEqual([{ n: 2, amount: '5', approvalId }]);
  });
  const story = only(storyOf(world), 'ask', 'decide', 'judge', 'message disburse', 'record', 'drop', 'mail');
  expect(story.slice(0, 6)).toEqual([
    'askDisbursement',
    'decideDisbursement',
    'judge signing',
    'message disburse',
    'recordDisbursement',
    'mail loan-disbursed',
  ]);
});

test('refused by a checker nothing is sent, and it may be asked for again', async () => {
  const world: World = aWorld({ debt: owesUntil(() => world, 'askDisbursement', 2) });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'refused-part');
    const { approvalId } = await asks(handle);
    expect((await decides(handle, approvalId, { decision: 'refuse' })).state).toBe('refused');
    expect(await codeOf(decides(handle, approvalId))).toBe('already-decided');
    await asks(handle);
    await handle.result();
  });
  expect(only(storyOf(world), 'message disburse', 'judge signing', 'drop')).toEqual([]);
});

test.each<[string, Script, string]>([
  ['the miner fails the pre-flight', { judge: () => 'fee-debt' }, 'fee-debt'],
  [
    'the message does not take effect',
    { land: ({ kind }) => (kind === 'disburse' ? { outcome: 'failed', exitCode: 6 } : {}) },
    'exit code 6',
  ],
  ['the loan is due', { debt: () => ({ debt: 100n, mature: true }) }, 'the loan is due'],
])('granted, but %s: the money goes back to the pool and a person is told', async (_, script, why) => {
  let over = false;
  const world: World = aWorld({
    ...script,
    debt: (n) => (over ? { debt: 0n } : (script.debt?.(n) ?? { debt: 100n })),
    disburse: () => {
      over = false;
    },
  });
  await stage.play(world, async (player) => {
    const name = `dropped-${why.replaceAll(' ', '-')}`;
    const handle = await active(player, name);
    const { approvalId } = await asks(handle);
    await decides(handle, approvalId);
    await player.until(handle as never, 'help');
    over = true;
    await handle.result();
    const drops = world.asked.filter(({ what }) => what === 'dropDisbursement');
    expect(drops).toEqual([{ what: 'dropDisbursement', input: { loanId: name, approvalId, why } }]);
  });
  expect(only(storyOf(world), 'recordDisbursement', 'mail loan-disbursed')).toEqual([]);
});

test('what is repaid before the granted part is sent is not lent to again', async () => {
  let repaid = false;
  const world: World = aWorld({ debt: () => ({ debt: repaid ? 0n : 100n }) });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'repaid-first');
    const { approvalId } = await asks(handle);
    repaid = true;
    await decides(handle, approvalId).catch((error: unknown) => {
      // The loan may have settled before the decision was taken: then there is nothing to decide.
      expect(error).toBeInstanceOf(Error);
    });
    await handle.result();
  });
  expect(only(storyOf(world), 'message disburse')).toEqual([]);
});

test('who may not ask, a loan that is not active, a threatened collateral, what the database refuses', async () => {
  let mature = false;
  const world: World = aWorld({
    debt: () => ({ debt: only(storyOf(world), 'askDisbursement').length >= 2 ? 0n : 100n, mature }),
    disburse: () => {
      if (only(storyOf(world), 'askDisbursement').length === 1) throw refusal('nothing-to-disburse');
    },
  });
  await stage.play(world, async (player) => {
    const handle = await active(player, 'not-lent');
    expect(await codeOf(asks(handle, { actor: { id: 'a', role: 'auditor' } }))).toBe('not-allowed');
    expect(await codeOf(asks(handle, { actor: CHECKER }))).toBe('not-allowed');
    expect(await codeOf(asks(handle, { reason: ' ' }))).toBe('reason-required');
    await handle.signal(collateralNeeds, 'The owner of the miner has changed');
    expect(await codeOf(asks(handle))).toBe('collateral-threatened');
    await handle.signal(collateralNeeds, null);
    mature = true;
    await player.until(handle as never, 'overdue');
    expect(await codeOf(asks(handle))).toBe('wrong-state');
    mature = false;
    await player.until(handle as never, 'active');
    expect(only(storyOf(world), 'askDisbursement')).toEqual([]);
    expect(await codeOf(asks(handle))).toBe('nothing-to-disburse');
    await asks(handle);
    await handle.result();
  });
});
