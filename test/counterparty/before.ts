/** What a borrower may do before any FIL is lent, and how it ends. */
import { changeOwnerParams, METHOD } from '../../chain/method';
import { attoText, coins } from '../../domain/money';
import { balanceOf } from '../watch/world';
import { giveAway, land, proposeAnd } from './by-hand';
import { MAX_FEE, type Borrower, type Counterparty } from './world';

/** Nothing was lent, nothing is set aside, and nobody but the borrower owns the miner. */
async function expectUntouched(world: Counterparty, who: Borrower): Promise<void> {
  expect(await world.read(who)).toMatchObject({ committed: false, needs_action: null });
  expect(await world.messagesOf(who, 'disburse')).toEqual([]);
  expect(await world.ownerOf(who)).toBe(who.ownerId);
}

/** b, i: a wrong address first, FIL for the escrow address meanwhile; then as asked. */
export async function proposesAnother(world: Counterparty, who: Borrower): Promise<void> {
  const { platform } = world;
  const { escrow_address, escrow_id_address } = await world.offered(who);
  const other = who.friend;
  await world.propose(who, other.id);
  const sentence = await world.asking(who, /nothing is confirmed/);
  expect(sentence).toBe(
    `The owner of ${who.miner} proposed ${other.id} and not our escrow ${escrow_id_address}; nothing is confirmed.`,
  );
  expect(await world.messagesOf(who, 'owner-confirm')).toEqual([]);
  await world.mailed(who, 'loan-proposal-wrong');

  await world.send(other.key, escrow_address, { value: coins(2n) });
  await world.settle();
  expect(await world.credit(who)).toBe(coins(2n));

  await world.lent(who);
  await world.quiet(who);
  await world.send(other.key, escrow_address, { value: coins(3n) });
  await world.settle();
  const paid = await platform
    .knex<{ loan_id: string; amount: string; excess: string }>('repayment')
    .where({ loan_id: who.id })
    .orderBy('id');
  expect(paid).toMatchObject([
    { amount: attoText(coins(2n)), excess: attoText(coins(2n)) },
    { amount: attoText(coins(3n)), excess: '0' },
  ]);
  expect(await world.credit(who)).toBe(coins(2n));
}

/** c: takes the proposal back before we confirm: the offer still stands, until it runs out. */
export async function withdraws(world: Counterparty, who: Borrower): Promise<void> {
  await world.offered(who);
  await proposeAnd(
    world,
    who,
    async (mine) => {
      const params = changeOwnerParams(who.ownerId);
      await land(world, mine, who.owner, who.miner, { method: METHOD.changeOwner, params });
    },
    'escrow_offered',
  );
  await world.settle();
  expect(await world.read(who)).toMatchObject({ state: 'escrow_offered', committed: true });
  await world.mailed(who, 'loan-escrow-offered');
  expect((await world.mailsOf(who)).filter((mail) => mail === 'loan-escrow-offered')).toHaveLength(1);
  expect(await world.messagesOf(who, 'owner-confirm')).toEqual([]);
  expect(await world.ownerOf(who)).toBe(who.ownerId);
}

/** d: another beneficiary before the proposal: refused, nothing is confirmed. */
export async function givesAwayFirst(world: Counterparty, who: Borrower): Promise<void> {
  const { escrow_id_address } = await world.offered(who);
  await giveAway(who, (key, call) => world.send(key, who.miner, call));
  await world.propose(who, escrow_id_address);
  expect(await world.inState(who, 'cancelled')).toMatchObject({ outcome: 'beneficiary-foreign' });
  expect(await world.messagesOf(who, 'owner-confirm')).toEqual([]);
  await expectUntouched(world, who);
  await world.mailed(who, 'loan-rejected');
  await expectGasHome(world, who);
}

/** e: another beneficiary between our last look and our confirm: the role goes back, no FIL is sent. */
export async function givesAwayLate(world: Counterparty, who: Borrower): Promise<void> {
  await world.offered(who);
  let nominee = '';
  await proposeAnd(world, who, async (mine) => {
    nominee = await giveAway(who, (key, call) => land(world, mine, key, who.miner, call));
  });
  const held = await world.inState(who, 'returning');
  expect(held).toMatchObject({ outcome: 'beneficiary-foreign', committed: false });
  const { beneficiary } = await world.lotus.minerInfo(who.miner, []);
  expect(beneficiary).toBe(nominee);
  expect(await world.ownerOf(who)).toBe(held.escrow_id_address);
  expect(await world.takeBack(who, 'cancelled')).toMatchObject({ outcome: 'beneficiary-foreign' });
  await expectUntouched(world, who);
  await expectGasHome(world, who);
}

/** a (and c in the end): the offer runs out. */
export async function runsOut(world: Counterparty, who: Borrower): Promise<void> {
  expect(await world.inState(who, 'expired')).toMatchObject({ outcome: 'offer-expired' });
  await expectUntouched(world, who);
  await expectGasHome(world, who);
}

/** The escrow's gas money is on the hot wallet again, but for what its messages cost and a fee's headroom. */
async function expectGasHome(world: Counterparty, who: Borrower): Promise<void> {
  const { platform } = world;
  await platform.client.workflow.getHandle(`loan/${who.id}`).result();
  expect(await world.messagesOf(who, 'return')).toEqual([{ state: 'final' }]);
  const { escrow_address } = await world.read(who);
  const left = await balanceOf(platform.knex, 'custody.escrow', escrow_address);
  expect(left).toBeLessThanOrEqual(MAX_FEE);
}
