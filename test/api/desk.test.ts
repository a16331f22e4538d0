/** What staff see waiting: the home screen's figures, lanes of nonces, arrivals with the mark of a reorg. */
import { SCENE } from '../support/desk';
import { paintDesk } from '../support/desk-scene';
import { makeWorld, type World } from './world';

let world: World;
let hot: string;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  ({ hot } = await paintDesk(world.owner));
}, 120_000);
afterAll(() => world.close(), 60_000);

const read = (path: string) => world.staff.auditor.caller.get(`/admin/v1/${path}`);
const filtered = (name: string, filter: object) =>
  read(`${name}?filter=${encodeURIComponent(JSON.stringify(filter))}`);

async function anApproval(id: string, kind: string, maker: string | null): Promise<void> {
  await world.owner('approval').insert({
    id,
    kind,
    subject_kind: kind,
    subject_id: id,
    workflow_id: `${kind}/${id}`,
    subject: '{}',
    subject_hash: 'a'.repeat(64),
    maker_id: maker,
    quorum: 1,
    state: 'waiting',
  });
}

test('home counts what waits, with the age of the oldest, and leads to the lists that show the same rows', async () => {
  const { body } = await read('home');
  expect(body).toMatchObject({
    loansOverdue: { count: 1 },
    offersEnding: { count: 1 },
    ownersReturning: { count: 1 },
    depositsPending: { count: 2 },
    depositsReorged: { count: 1 },
    findings: { count: 1 },
    sendersFrozen: { count: 1 },
    messagesPending: { count: 3 },
    unattributed: { count: 0, amount: '0' },
    chain: { halted: null },
  });
  for (const name of ['loansOverdue', 'offersEnding', 'depositsPending', 'depositsReorged', 'findings']) {
    const { oldestAt } = body[name] as { oldestAt: string };
    expect([name, Date.now() - Date.parse(oldestAt) < 600_000]).toEqual([name, true]);
  }
  const lists = [
    ['loans', { state: 'overdue' }],
    ['deposits', { state: 'orphaned' }],
    ['findings', { open: true }],
    ['senders', { mode: ['frozen', 'draining'] }],
  ] as const;
  for (const [name, filter] of lists)
    expect([name, (await filtered(name, filter)).list.length]).toEqual([name, 1]);
});

test('approvals that wait for me are those that my role decides and that I did not ask for', async () => {
  const treasurer = world.staff.treasurer;
  await anApproval('scene-top-up-own', 'top-up', treasurer.id);
  await anApproval('scene-top-up', 'top-up', world.staff.admin.id);
  await anApproval('scene-onboarding', 'onboarding', null);
  const mine = async (role: keyof World['staff']) => {
    const { approvals } = (await world.staff[role].caller.get('/admin/v1/home')).body as {
      approvals: { count: number; mine: { count: number }; kinds: string[] };
    };
    return [approvals.count, approvals.mine.count, approvals.kinds.includes('onboarding')];
  };
  expect(await mine('treasurer')).toEqual([3, 1, false]);
  expect(await mine('checker')).toEqual([3, 3, true]);
  expect(await mine('admin')).toEqual([3, 2, true]);
  expect(await mine('auditor')).toEqual([3, 0, false]);
});

test('a lane has each nonce once, every attempt of it, what landed, and what hangs', async () => {
  const { body } = await read(`senders/${hot}`);
  const slots = body['slots'] as {
    nonce: number;
    state: string;
    waiting: number | null;
    reorgs: number;
    gas: string | null;
    attempts: { landed: boolean; premium: string }[];
  }[];
  expect(body).toMatchObject({ nextNonce: 6, mode: 'active', unsettled: 3, needing: 1 });
  expect(slots.map(({ nonce }) => nonce)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(slots.map(({ attempts }) => attempts.length)).toEqual([1, 3, 1, 2, 4, 1]);
  expect(slots.map(({ attempts }) => attempts.findIndex(({ landed }) => landed))).toEqual([
    0, 2, 0, 1, -1, -1,
  ]);
  expect(slots.map(({ waiting }) => waiting)).toEqual([null, null, null, null, 40, 1]);
  expect(slots.map(({ reorgs }) => reorgs)).toEqual([0, 1, 0, 0, 0, 0]);
  expect(slots[1]?.attempts.map(({ premium }) => premium)).toEqual(['99000', '198000', '297000']);
  expect(slots.map(({ gas }) => gas !== null)).toEqual([true, true, true, true, false, false]);
  const { list } = await filtered('senders', { mode: 'frozen' });
  expect(list).toMatchObject([
    { address: SCENE.frozen, frozenReason: 'A foreign message used nonce 1.', slots: [{}, {}] },
  ]);
});

test('an arrival shows how far it is from final, and keeps the mark of a reorg when it comes again', async () => {
  const one = async (cid: string) => (await read(`deposits/${cid}-0`)).body;
  const { clock, head } = (await read('home')).body['chain'] as { clock: number; head: number };
  const comes = { confirmations: 2, finality: head - clock };
  expect(await one('bafyscenecomes')).toMatchObject({ ...comes, state: 'seen', reorgs: 0, reorgedAt: null });
  expect(await one('bafyscenegone')).toMatchObject({ state: 'orphaned', confirmations: null, reorgs: 1 });
  expect(await one('bafysceneback')).toMatchObject({ ...comes, state: 'seen', reorgs: 1 });
  await world.owner('watch.transfer').where({ cid: 'bafysceneback' }).update({ reorgs: 0, reorged_at: null });
  expect((await one('bafysceneback'))['reorgs']).toBe(1);
});

test('sweeps name their address, message and gas', async () => {
  expect((await read('sweeps')).list).toMatchObject([
    {
      address: SCENE.frozen,
      loanId: SCENE.overdue,
      messageId: 'scene-esc-0',
      gas: '1524970503000',
      state: 'swept',
    },
  ]);
});

test('a payment shows what it paid, and the parts make up the whole to the atto', async () => {
  const { list } = await filtered('repayments', { loanId: SCENE.overdue });
  expect(list.map(({ source }) => source)).toEqual(['direct', 'sweep']);
  for (const { amount, penalty, fee, interest, principal, excess } of list as Record<string, string>[])
    expect(
      [penalty, fee, interest, principal, excess].reduce((sum, part) => sum + BigInt(part ?? ''), 0n),
    ).toBe(BigInt(amount ?? ''));
  expect((await filtered('repayments', { source: 'sweep' })).list).toHaveLength(1);
});
