/** Every step in which a loan can be stuck: it says where and why, stays, and goes on when a person says so. */
import { decide, retryNow } from '../../workflows/handles';
import { forwardLoan } from '../../workflows/handles-loan';
import { untilHelp } from '../support/time-skipping';
import { codeOf, decision, only } from './people';
import { aStage, type Stage } from './stage';
import { aWorld, ESCROW, MAKER, OWNER, storyOf } from './world';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

const request = (reason: string) => [{ actor: MAKER, reason }] as [{ actor: typeof MAKER; reason: string }];

/** The step that is broken, and its words in the sentence. */
const STUCK: readonly (readonly [string, string])[] = [
  ['judgeMiner', 'judge it (application)'],
  ['moveLoan', 'Pre-flight passed'],
  ['deriveAddress', 'Derive the escrow address'],
  ['noteLoanAddresses', 'Keep both addresses'],
  ['planLoanMessage', 'Draft the message: fund'],
  ['offerEscrow', "Show the escrow's final ID"],
  ['postMail', 'Mailed the borrower: loan-received'],
  ['readOwnership', 'Read owner and pending owner'],
  ['recordDisbursement', 'right after the disbursement'],
  ['takeStock', 'read the debt'],
  ['measureIncome', 'Measure the income'],
  ['readLoanUnderWay', 'still under way'],
  ['planLoanReturns', "left on the loan's addresses"],
  ['closeLoan', 'the loan is closed'],
];

test.each(STUCK)(
  'stuck at %s',
  async (what, words) => {
    let broken = true;
    const world = aWorld({
      broken: (name) => broken && name === what,
      debt: (n) => ({ debt: n < 3 ? 100n : 0n }),
    });
    await stage.play(world, async (player) => {
      const handle = await player.apply(`stuck-${what}`);
      const early = what === 'judgeMiner' || what === 'moveLoan';
      const pass = async (): Promise<void> => {
        await player.until(handle, 'preflight');
        await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
        await handle.executeUpdate(decide, { args: [decision(world)] });
      };
      if (!early) await pass();
      const needsAction = await untilHelp(stage.env, handle);
      expect(needsAction).toContain(words);
      expect(needsAction).toContain('it does not answer');
      expect(await codeOf(handle.executeUpdate(retryNow, { args: request(' ') }))).toBe('reason-required');
      broken = false;
      await handle.executeUpdate(retryNow, { args: request('looked at it') });
      if (early) await pass();
      expect((await handle.result()).state).toBe('closed');
    });
    expect(only(storyOf(world), 'message disburse')).toHaveLength(1);
  },
  120_000,
);

test('a wrong address is proposed: not confirmed, staff see it, the borrower is told once', async () => {
  const world = aWorld({
    ownership: (n) => ({ owner: OWNER, pending: n < 4 ? 'f0666' : ESCROW }),
  });
  await stage.play(world, async (player) => {
    const handle = await player.apply('wrong');
    await player.until(handle, 'preflight');
    await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
    await handle.executeUpdate(decide, { args: [decision(world)] });
    expect((await handle.result()).state).toBe('closed');
  });
  expect(
    only(storyOf(world), 'mail loan-proposal', 'message owner-confirm', 'judge proposed', 'noteLoanHelp'),
  ).toEqual([
    'noteLoanHelp',
    'mail loan-proposal-wrong',
    'noteLoanHelp',
    'judge proposed',
    'mail loan-proposal-final',
    'message owner-confirm',
  ]);
  expect(sentencesOf(world)).toEqual([
    'The owner of f01000 proposed f0666 and not our escrow f0900; nothing is confirmed.',
    null,
  ]);
});

test('a return that is not confirmed: reminders at intervals, in plain sight, the role stays ours', async () => {
  const world = aWorld({ ownership: (n) => ({ owner: n > 1 && n < 8 ? ESCROW : OWNER, pending: ESCROW }) });
  await stage.play(world, async (player) => {
    const handle = await player.apply('forgetful');
    await player.until(handle, 'preflight');
    await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
    await handle.executeUpdate(decide, { args: [decision(world)] });
    expect((await handle.result()).state).toBe('closed');
  });
  expect(only(storyOf(world), 'mail loan-return', 'closeLoan')).toEqual([
    'mail loan-return-reminder',
    'mail loan-return-reminder',
    'closeLoan closed',
  ]);
  expect(sentencesOf(world).at(-2)).toContain('it stays ours (reminder 2 is sent)');
  expect(sentencesOf(world).at(-1)).toBeNull();
});

test('fee debt: no sweep, in plain sight, looked at again until it is paid', async () => {
  const world = aWorld({
    debt: (n) => ({ debt: n < 5 ? 100n : 0n }),
    feeDebt: (n) => (n < 3 ? 5n * 10n ** 18n : 0n),
    income: (n) => (n === 3 ? 40n : 0n),
  });
  await stage.play(world, async (player) => {
    const handle = await player.apply('indebted');
    await player.until(handle, 'preflight');
    await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
    await handle.executeUpdate(decide, { args: [decision(world)] });
    expect((await handle.result()).state).toBe('closed');
  });
  expect(only(storyOf(world), 'message withdraw')).toHaveLength(1);
  expect(only(storyOf(world), 'mail loan-fee-debt')).toHaveLength(1);
  expect(sentencesOf(world)[0]).toContain('fee debt of 5 FIL');
  expect(sentencesOf(world).at(-1)).toBeNull();
});

function sentencesOf(world: ReturnType<typeof aWorld>): (string | null)[] {
  return world.asked
    .filter(({ what }) => what === 'noteLoanHelp')
    .map(({ input }) => (input as { sentence: string | null }).sentence);
}
