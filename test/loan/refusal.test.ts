/** What people are refused while they lead a loan, and what a refusal leaves. */
import { cancelAndRelease, decide, type Decision } from '../../workflows/handles';
import { forwardLoan, repayFromMiner } from '../../workflows/handles-loan';
import { agreement, approve, codeOf, decision, only } from './people';
import { aRealStage, type RealStage } from './stage';
import { aWorld, BORROWER, CHECKER, MAKER, OWNER, storyOf } from './world';

let stage: RealStage;
beforeAll(async () => {
  stage = await aRealStage();
}, 120_000);
afterAll(() => stage.close());

test('a checker refuses: rejected, nothing sent', async () => {
  const world = aWorld({ decide: () => 'refused' });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'refused');
    expect(await handle.result()).toEqual({ state: 'rejected', outcome: 'refused-by-staff' });
  });
  expect(only(storyOf(world), 'message', 'mail')).toEqual(['mail loan-received', 'mail loan-rejected']);
});

test('Updates are refused by their own codes and change nothing', async () => {
  const world = aWorld({ ownership: () => ({ owner: OWNER, pending: null }) });
  await stage.play(world, async (player) => {
    const handle = await player.apply('codes');
    await player.until(handle, 'preflight');
    const forward = (actor: typeof MAKER, reason: string) =>
      codeOf(handle.executeUpdate(forwardLoan, { args: [{ actor, reason }] }));
    expect(await forward({ id: 'a', role: 'auditor' }, 'x')).toBe('not-allowed');
    expect(await forward(MAKER, ' ')).toBe('reason-required');
    expect(await codeOf(handle.executeUpdate(repayFromMiner, { args: [{ actor: BORROWER }] }))).toBe(
      'nothing-to-repay',
    );
    await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
    expect(await forward(MAKER, 'again')).toBe('wrong-state');
    const decided = (wrong: Partial<Decision>, actor = CHECKER) =>
      codeOf(handle.executeUpdate(decide, { args: [{ ...decision(world, actor), ...wrong }] }));
    expect(await decided({}, { id: MAKER.id, role: 'checker' })).toBe('maker-is-checker');
    expect(await decided({ approvalId: 'another' })).toBe('not-found');
    expect(await decided({ reason: '' })).toBe('reason-required');
    expect(await decided({}, { id: 'o', role: 'operator' })).toBe('not-allowed');
    expect(storyOf(world)).not.toContain('decideLoan');
    await handle.executeUpdate(decide, { args: [decision(world)] });
    expect(await decided({})).toBe('already-decided');
    await player.until(handle, 'escrow_offered');
    await handle.executeUpdate(cancelAndRelease, { args: [{ actor: MAKER, reason: 'enough' }] });
    expect(storyOf(world)).not.toContain('endLoan cancelled');
    await handle.executeUpdate(decide, { args: [agreement(world)] });
    expect(await handle.result()).toEqual({ state: 'cancelled', outcome: 'cancelled-by-staff' });
  });
  expect(only(storyOf(world), 'message', 'endLoan')).toEqual(['message fund', 'endLoan cancelled']);
});
