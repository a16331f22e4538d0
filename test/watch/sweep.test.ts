import { makeSweepActivities } from '../../activities/sweep';
import { attoText, coins } from '../../domain/money';
import { balanceOf, makeWorld, type World } from './world';

const KEEP = coins(2n);
const MAX_FEE = coins(1n);

let world: World;
let sweeps: ReturnType<typeof makeSweepActivities>;
beforeAll(async () => {
  world = await makeWorld();
  sweeps = makeSweepActivities({ knex: world.knex, config: { escrowGas: KEEP, lotus: { maxFee: MAX_FEE } } });
});
afterAll(() => world.close());

async function deposited(customerId: string, fil: bigint): Promise<string> {
  const address = await world.depositAddress(customerId);
  const sender = await world.outsider();
  await sender.send(address, coins(fil));
  await world.settle();
  return address;
}

test('one sweep an address at a time, numbered without gaps; asking again gives the same', async () => {
  const address = await deposited('numbered', 5n);
  const asked = await Promise.all(
    ['a', 'b', 'c', 'd'].map((openedBy) => sweeps.openSweep({ address, openedBy })),
  );
  expect(asked.filter((one) => one !== null)).toEqual([{ n: 1 }]);
  const asker = ['a', 'b', 'c', 'd'][asked.findIndex((one) => one !== null)] ?? '';
  expect(await sweeps.openSweep({ address, openedBy: asker })).toEqual({ n: 1 });
  const draft = await sweeps.draftSweep({ address, n: 1 });
  expect(draft).toMatchObject({
    from: address,
    to: world.hot,
    value: 'everything',
    id: `sweep-${address}-1`,
  });
  await sweeps.closeSweep({ address, n: 1, ok: true, value: attoText(coins(4n)) });
  await sweeps.closeSweep({ address, n: 1, ok: false, value: attoText(0n) });
  expect(await world.knex('watch.sweep').where({ address }).first('state', 'amount')).toEqual({
    state: 'swept',
    amount: attoText(coins(4n)),
  });
  expect(await sweeps.openSweep({ address, openedBy: 'e' })).toEqual({ n: 2 });
});

test('what is not worth its gas stays where it is', async () => {
  const { admin } = world;
  const address = await deposited('small', 1n);
  expect(await sweeps.openSweep({ address, openedBy: 'small' })).toBeNull();
  expect(await sweeps.openSweep({ address, openedBy: 'small' })).toBeNull();
  expect(await admin('watch.sweep').where({ address }).first('state')).toEqual({ state: 'nothing' });
});

test('the escrow of a live loan keeps its gas money; of one that is over, nothing', async () => {
  const { admin, knex, settle } = world;
  await admin('registration').insert({ email: 'b@example.com', customer_id: 'b' });
  await admin('customer').insert({ id: 'b', email: 'b@example.com', state: 'open' });
  const challenge = {
    loan_id: 'live',
    customer_id: 'b',
    miner: 'f01',
    nonce: 'n',
    text: 't',
    expiry_epoch: 1,
  };
  await admin('owner_challenge').insert(challenge);
  await admin('loan').insert({
    id: 'live',
    borrower_id: 'b',
    miner: 'f01',
    amount: '1',
    term_epochs: 1,
    pool_id: 'flexible',
    bucket: 'standard',
    state: 'applied',
    proof_address: 'f01',
    proof_signature: '01',
  });
  const escrow = await world.derive('escrow', 'live');
  const sender = await world.outsider();
  await sender.send(escrow, coins(9n));
  await settle();
  const held = await balanceOf(knex, 'custody.escrow', escrow);
  const opened = await sweeps.openSweep({ address: escrow, openedBy: 'live-1' });
  expect(await sweeps.draftSweep({ address: escrow, n: opened?.n ?? 0 })).toMatchObject({
    value: attoText(held - KEEP),
  });
  await admin('loan').where({ id: 'live' }).update({ state: 'cancelled' });
  expect(await sweeps.draftSweep({ address: escrow, n: opened?.n ?? 0 })).toMatchObject({
    value: 'everything',
  });
});
