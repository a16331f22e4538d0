/** What goes wrong on a loan's way, and what is never done then. */
import { cancelAndRelease, decide, retryNow } from '../../workflows/handles';
import { forwardLoan, repayFromMiner } from '../../workflows/handles-loan';
import { agreement, approve, codeOf, only } from './people';
import { attoText } from '../../domain/money';
import { aStage, type Stage } from './stage';
import { newRun } from '../../workflows/loan-run';
import { POLL_MS, aWorld, BORROWER, ESCROW, MAKER, OWNER, storyOf, TAKEN } from './world';

let stage: Stage;
beforeAll(async () => {
  stage = await aStage();
}, 120_000);
afterAll(() => stage.close());

test('a beneficiary found after our confirm: the owner role goes back, no FIL is sent', async () => {
  const world = aWorld({
    judge: (at) => (at === 'confirmed' ? 'beneficiary-foreign' : null),
    ownership: (n) => ({ owner: n === 2 ? ESCROW : OWNER, pending: ESCROW }),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'foreign');
    expect(await handle.result()).toEqual({ state: 'cancelled', outcome: 'beneficiary-foreign' });
    await player.keep(handle, 'loan-turned-back');
  });
  const story = storyOf(world);
  expect(only(story, 'mail').slice(-3)).toEqual([
    'mail loan-turned-back',
    'mail loan-owner-return',
    'mail loan-owner-returned',
  ]);
  expect(only(story, 'message', 'endLoan', 'closeLoan')).toEqual([
    'message fund',
    'message owner-confirm',
    'endLoan returning',
    'message owner-propose',
    'closeLoan cancelled',
  ]);
  expect(story).not.toContain('message disburse');
});

test('the same found at signing, before the FIL is sent', async () => {
  const world = aWorld({
    judge: (at) => (at === 'signing' ? 'fee-debt' : null),
    ownership: () => ({ owner: OWNER, pending: ESCROW }),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'signing');
    expect(await handle.result()).toEqual({ state: 'cancelled', outcome: 'fee-debt' });
  });
  expect(storyOf(world)).not.toContain('message disburse');
});

test('a proposal that the borrower takes back before our confirm: the offer stands again', async () => {
  let confirms = 0;
  const world = aWorld({
    land: ({ kind }) =>
      kind === 'owner-confirm' && ++confirms === 1 ? { outcome: 'failed', exitCode: 18 } : {},
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'taken-back');
    expect((await handle.result()).state).toBe('closed');
  });
  expect(only(storyOf(world), 'message owner-confirm', 'offer', 'judge proposed')).toEqual([
    'offerEscrow',
    'judge proposed',
    'message owner-confirm',
    'offerEscrow',
    'judge proposed',
    'message owner-confirm',
  ]);
});

test('a final proposal that the head shows no more: no confirm, no new offer, until it stands again', async () => {
  const world = aWorld({
    ownership: (n) => ({ owner: OWNER, pending: n === 3 ? null : ESCROW, pendingNow: n < 4 ? null : ESCROW }),
    judge: (at, n) => (at === 'proposed' && n === 2 ? 'owner-pending-foreign' : null),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'gone-at-head');
    expect((await handle.result()).state).toBe('closed');
  });
  expect(
    only(storyOf(world), 'message owner-confirm', 'offer', 'judge proposed', 'mail loan-escrow'),
  ).toEqual([
    'offerEscrow',
    'mail loan-escrow-offered',
    'judge proposed',
    'judge proposed',
    'message owner-confirm',
  ]);
});

test('a disbursement that fails on chain asks for help; a person tries again, judged once more', async () => {
  let tries = 0;
  const world = aWorld({
    land: ({ kind }) => (kind === 'disburse' && ++tries === 1 ? { outcome: 'failed', exitCode: 6 } : {}),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'help');
    await player.until(handle, 'help');
    const retry = () => handle.executeUpdate(retryNow, { args: [{ actor: MAKER, reason: 'topped up' }] });
    expect(await retry()).toMatchObject({ state: 'disbursing', approvalId: expect.any(String) as string });
    expect(await codeOf(retry())).toBe('help-asked');
    const decided = (actor: typeof MAKER) =>
      codeOf(handle.executeUpdate(decide, { args: [agreement(world, actor)] }));
    expect(await decided({ id: MAKER.id, role: 'checker' })).toBe('maker-is-checker');
    expect(await decided({ id: 'other', role: 'operator' })).toBe('not-allowed');
    expect(storyOf(world)).not.toContain('recordDecision');
    await handle.executeUpdate(decide, { args: [agreement(world)] });
    expect((await handle.result()).state).toBe('closed');
  });
  const sent = world.asked
    .filter(({ what }) => what === 'landMessage')
    .map(({ input }) => (input as { id: string }).id);
  expect(sent.filter((id) => id.includes('disburse'))).toEqual(['help-disburse-1', 'help-disburse-2']);
  expect(only(storyOf(world), 'judge signing')).toHaveLength(2);
});

test.each([
  ['is good still: the money goes then', null, 'closed'],
  ['is not any more: the owner role goes back, nothing is lent', 'fee-debt' as const, 'cancelled'],
])(
  'a disbursement that is not signed for long is planned anew where the miner %s',
  async (_, code, state) => {
    let waited = 0;
    const world = aWorld({
      land: ({ kind }) =>
        kind === 'disburse' && ++waited < 3
          ? {
              outcome: 'cancelled',
              exitCode: null,
              cid: null,
              reason: 'Lending is frozen.',
              outOfTries: true,
            }
          : {},
      judge: (stage) => (stage === 'signing' && waited === 2 ? code : null),
    });
    await stage.play(world, async (player) => {
      const handle = await approve(player, world, `waited-${state}`);
      expect((await handle.result()).state).toBe(state);
    });
    const lent = ['judge signing', 'message disburse'];
    const rest = code === null ? lent : ['judge signing', 'endLoan returning'];
    expect(only(storyOf(world), 'judge signing', 'message disburse', 'endLoan')).toEqual([
      ...[...lent, ...lent, ...rest],
    ]);
  },
);

test('one that is given up instead: the owner role goes back, nothing is lent', async () => {
  const world = aWorld({
    land: ({ kind }) => (kind === 'disburse' ? { outcome: 'failed', exitCode: 6 } : {}),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'given-up');
    await player.until(handle, 'help');
    await handle.executeUpdate(cancelAndRelease, { args: [{ actor: MAKER, reason: 'enough' }] });
    await handle.executeUpdate(decide, { args: [agreement(world)] });
    expect(await handle.result()).toEqual({ state: 'cancelled', outcome: 'cancelled-by-staff' });
    await player.keep(handle, 'loan-released');
  });
  expect(only(storyOf(world), 'message disburse', 'endLoan', 'message owner-propose')).toEqual([
    'message disburse',
    'endLoan returning',
    'message owner-propose',
  ]);
});

test('an offer and a loan that run out soon: the borrower is reminded once of each', async () => {
  const world = aWorld({
    ownership: (n) =>
      n < 4
        ? { owner: OWNER, pending: null, offerEndsSoon: n > 1 }
        : { owner: n > 5 ? OWNER : ESCROW, pending: ESCROW },
    debt: (n) => ({ debt: n < 4 ? 100n : 0n, matureSoon: n > 1 }),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'reminded');
    expect((await handle.result()).state).toBe('closed');
  });
  expect(only(storyOf(world), 'mail loan-offer', 'mail loan-maturity')).toEqual([
    'mail loan-offer-reminder',
    'mail loan-maturity-reminder',
  ]);
});

test('past its maturity a loan is overdue, told of, and nothing is kept back', async () => {
  const world = aWorld({
    debt: (n) => ({ debt: n < 5 ? 100n : 0n, mature: n > 1 }),
    income: (_, released) => (released ? 30n : 0n),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'overdue');
    expect((await handle.result()).state).toBe('closed');
    await player.keep(handle, 'loan-overdue');
  });
  const story = storyOf(world);
  expect(only(story, 'moveLoan overdue', 'mail loan-overdue')).toEqual([
    'moveLoan overdue',
    'mail loan-overdue',
  ]);
  expect(only(story, 'message withdraw')).toHaveLength(3);
});

test('when the borrower asks, nothing is kept back from then on', async () => {
  const world = aWorld({
    debt: () => ({
      debt: world.asked.some(
        ({ what, input }) =>
          what === 'landMessage' && (input as { kind: string }).kind === 'withdraw-balance',
      )
        ? 0n
        : 100n,
    }),
    income: (_, released) => (released ? 100n : 0n),
  });
  await stage.play(world, async (player) => {
    const handle = await approve(player, world, 'asked');
    await player.until(handle, 'active');
    await handle.executeUpdate(repayFromMiner, { args: [{ actor: BORROWER }] });
    expect((await handle.result()).state).toBe('closed');
  });
  expect(only(storyOf(world), 'noteRepayFromMiner', 'message withdraw')).toEqual([
    'noteRepayFromMiner',
    'message withdraw-balance',
  ]);
});

test.each([
  ['active', 'closed'],
  ['returning', 'closed'],
  ['escrow_offered', 'closed'],
] as const)('a run that goes on as new from %s does what is left', async (state, end) => {
  const world = aWorld();
  await stage.play(world, async (player) => {
    const run = { ...newRun(`resumed-${state}`), state, owner: OWNER, taken: TAKEN, pollMs: POLL_MS };
    const sent = state === 'returning' ? { fund: 1, 'owner-propose': 1 } : { fund: 1 };
    const handle = await player.resume({ ...run, sent });
    expect(await handle.result()).toEqual({ state: end, outcome: null });
  });
  expect(storyOf(world)).not.toContain('takeApplication');
  expect(storyOf(world)).not.toContain('message fund');
});

test('an application that a dead node keeps waiting is led on when it is taken, however late', async () => {
  let broken = true;
  const world = aWorld({ broken: (what) => broken && what === 'takeApplication' });
  await stage.play(world, async (player) => {
    const applied = player.apply('late-taken');
    await stage.env.sleep('15 minutes');
    broken = false;
    expect(await (await applied).result()).toEqual({ state: 'expired', outcome: 'decision-expired' });
  });
  expect(only(storyOf(world), 'judge', 'endLoan')).toEqual(['judge application', 'endLoan expired']);
}, 60_000);

test('a loan that is being ended is not led on by who forwards or approves it meanwhile', async () => {
  let broken = true;
  const world = aWorld({ broken: (what) => broken && what === 'endLoan' });
  await stage.play(world, async (player) => {
    const handle = await player.apply('ending');
    await player.until(handle, 'preflight');
    await handle.executeUpdate(cancelAndRelease, { args: [{ actor: MAKER, reason: 'withdrawn' }] });
    const forwards = handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
    expect(await codeOf(forwards)).toBe('wrong-state');
    broken = false;
    expect(await handle.result()).toEqual({ state: 'cancelled', outcome: 'cancelled-by-staff' });
  });
  expect(only(storyOf(world), 'openLoanApproval', 'endLoan')).toEqual(['endLoan cancelled']);
});

test('more payments than one look takes: all are told before the loan is judged', async () => {
  const paid = { amount: attoText(1n), excess: attoText(0n), debt: attoText(0n) };
  const world = aWorld({ payments: (n) => (n < 3 ? [{ id: n, ...paid }] : []), more: (n) => n === 1 });
  await stage.play(world, async (player) => {
    const run = { ...newRun('dust'), state: 'active' as const, owner: OWNER, taken: TAKEN, pollMs: POLL_MS };
    const handle = await player.resume({ ...run, sent: { fund: 1 } });
    await handle.result();
  });
  expect(only(storyOf(world), 'takeStock', 'moveLoan settled', 'mail loan-payment')).toEqual([
    'takeStock',
    'mail loan-payment',
    'takeStock',
    'moveLoan settled',
    'mail loan-payment',
  ]);
});
