/** The life of a loan as its workflow leads it: what is asked of the world, in which order, and how it ends. */
import { attoText } from '../../domain/money';
import { approve, codeOf, only } from './people';
import { aStage, type Stage } from './stage';
import { aWorld, ESCROW, OWNER, refusal, storyOf } from './world';

const PAID = { amount: attoText(40n), excess: attoText(0n), debt: attoText(60n) };

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

test('a good loan: escrow before FIL, sweeps, payoff, the owner role back', async () => {
  const world = aWorld({
    // proposed at the second look; after the return, the borrower owns it again at the second look
    ownership: (n) => ({ owner: n === 3 ? ESCROW : OWNER, pending: n === 1 ? null : ESCROW }),
    debt: (n) => ({ debt: n < 4 ? 100n : 0n }),
    payments: (n) => [2, 4].filter((id) => id === n).map((id) => ({ id, ...PAID })),
    income: (n) => (n === 2 ? 40n : 0n),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'good');
    expect(await handle.result()).toEqual({ state: 'closed', outcome: null });
    await player.keep(handle, 'loan-good');
  });
  expect(only(storyOf(world), 'judge', 'message', 'moveLoan', 'offer', 'record', 'closeLoan')).toEqual([
    'judge application',
    'moveLoan preflight',
    'message fund',
    'offerEscrow',
    'judge proposed',
    'moveLoan escrow_proposed',
    'message owner-confirm',
    'moveLoan escrow_confirmed',
    'judge confirmed',
    'moveLoan disbursing',
    'judge signing',
    'message disburse',
    'recordDisbursement',
    'message withdraw-balance',
    'moveLoan settled',
    'message owner-propose',
    'moveLoan returning',
    'closeLoan closed',
  ]);
  const mails = only(storyOf(world), 'mail');
  expect(mails).toEqual([
    'mail loan-received',
    'mail loan-approved',
    'mail loan-escrow-offered',
    'mail loan-proposal-final',
    'mail loan-owner-held',
    'mail loan-disbursed',
    'mail loan-payment',
    'mail loan-payment',
    'mail loan-settled',
    'mail loan-closed',
  ]);
});

test('the chain is read from the executing epoch of our own message on', async () => {
  const world = aWorld({ land: () => ({ executedEpoch: 777 }) });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'not-before');
    await handle.result();
  });
  const stages = world.asked.filter(({ what }) => what === 'judgeMiner').map(({ input }) => input);
  expect(stages).toMatchObject([
    { stage: 'application', notBefore: 0 },
    { stage: 'proposed', notBefore: 777 },
    { stage: 'confirmed', notBefore: 777 },
    { stage: 'signing', notBefore: 777 },
  ]);
});

test('a failed pre-flight rejects the application with its code and tells the borrower', async () => {
  const world = aWorld({ judge: () => 'fee-debt' });
  await stage.play(world, async (player) => {
    const handle = await player.apply('rejected');
    expect(await handle.result()).toEqual({ state: 'rejected', outcome: 'fee-debt' });
    await player.keep(handle, 'loan-rejected');
  });
  expect(only(storyOf(world), 'endLoan', 'message', 'mail', 'open')).toEqual([
    'endLoan rejected',
    'mail loan-rejected',
  ]);
});

test('a refused application hands its code to the caller and leaves nothing', async () => {
  const world = aWorld({
    take: () => {
      throw refusal('miner-unknown');
    },
  });
  await stage.play(world, async (player) => {
    expect(await codeOf(player.apply('unknown'))).toBe('miner-unknown');
    const handle = stage.env.client.workflow.getHandle('loan/unknown');
    expect(await handle.result()).toEqual({ state: 'refused', outcome: null });
  });
  expect(storyOf(world)).toEqual(['takeApplication']);
});

test('an application that nobody decides on expires', async () => {
  const world = aWorld();
  await stage.play(world, async (player) => {
    const handle = await player.apply('forgotten');
    expect(await handle.result()).toEqual({ state: 'expired', outcome: 'decision-expired' });
  });
  expect(only(storyOf(world), 'endLoan', 'message', 'mail loan-expired')).toEqual([
    'endLoan expired',
    'mail loan-expired',
  ]);
});

test('an escrow that is not proposed in time: expired, and its gas comes home', async () => {
  const world = aWorld({
    ownership: (n) => ({ owner: OWNER, pending: n === 1 ? 'f0666' : null, offerOver: n === 3 }),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'late');
    expect(await handle.result()).toEqual({ state: 'expired', outcome: 'offer-expired' });
    await player.keep(handle, 'loan-expired');
  });
  expect(only(storyOf(world), 'message', 'endLoan', 'plan')).toEqual([
    'message fund',
    'endLoan expired',
    'planLoanReturns',
  ]);
});
