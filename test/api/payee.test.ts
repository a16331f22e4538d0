/** Addresses at which a plain send would lose money, asked for through the API: refused by what the chain holds there. */
import { makeWithdrawalAddressChainActivities } from '../../activities/withdrawal-address';
import { newKey } from '../../bin/wallet-actions';
import type { Lotus } from '../../chain/lotus';
import { printAddress } from '../../domain/address';
import { makeHot, makePolicy } from '../withdrawal/books';
import { FIL, makeWorld, type World } from './world';

let world: World;
const contract = printAddress(Uint8Array.of(4, 10, ...Buffer.alloc(20, 0x52)), 't');
/** What is on the chain, as a node names it. */
const ACTORS: Readonly<Record<string, string>> = {
  t01000: 'storageminer',
  [contract]: 'evm',
  t0100: 'paymentchannel',
};

const lotus = {
  network: () => Promise.resolve({ prefix: 't', name: 'net' }),
  finalizedTipset: () => Promise.resolve({ key: ['b'] }),
  getActor: (of: string) =>
    Promise.resolve(of in ACTORS ? { code: of, balance: 0n, nonce: 0, delegated: null } : null),
  actorKinds: () => Promise.resolve(new Map(Object.entries(ACTORS))),
} as unknown as Lotus;
type Examine = ReturnType<typeof makeWithdrawalAddressChainActivities>['examineWithdrawalAddress'];
const chain = {
  examineWithdrawalAddress: (...args: Parameters<Examine>) =>
    makeWithdrawalAddressChainActivities({
      knex: world.knex,
      lotus,
      config: { lotus: { finalityEpochs: null } },
    }).examineWithdrawalAddress(...args),
};

beforeAll(async () => {
  world = await makeWorld({ workers: { chain } });
  await makeHot(world.owner, newKey('t').address);
  await makePolicy(world.owner);
}, 180_000);
afterAll(() => world.close(), 60_000);

test('a miner, a contract and what is no wallet are refused, in a sentence; nothing leaves to them', async () => {
  const { caller } = await world.aCustomer(10n * FIL);
  const wanted: [string, string][] = [
    ['t01000', 'That is a miner'],
    [contract, 'That is a contract'],
    ['t0100', 'of kind paymentchannel'],
    ['t0999999', 'There is nothing at that address'],
  ];
  for (const [address, sentence] of wanted) {
    const path =
      (await caller.post('/v1/withdrawal-addresses', { name: 'x', address })).headers.get('location') ?? '';
    const row = await world.until(`${address} being refused`, async () => {
      const { body } = await caller.get(path);
      return body['state'] === 'refused' ? body : undefined;
    });
    expect(row).toMatchObject({
      given: address,
      address: null,
      refusal: 'address-not-payable',
      usableFrom: null,
    });
    expect(row['reason']).toContain(sentence);
    const asked = await caller.post('/v1/withdrawals', {
      addressId: path.split('/').pop(),
      amount: `${FIL}`,
    });
    expect([asked.status, asked.body['code']]).toEqual([404, 'not-found']);
  }
  expect((await caller.get('/v1/balances')).body).toMatchObject({ available: `${10n * FIL}` });
});
