/** The node fails in the middle of a deposit and of a loan: each goes on where it was, and nobody has to do anything. */
import { freshDatabase, type TestDatabase } from '../support/database';
import { services } from '../support/services';
import { makeHouse, type House } from './house';
import { approvedLoan, credited, fillPool, payIn, type Deposit } from './people';
import { expectRight } from './right';

jest.setTimeout(300_000);

let database: TestDatabase;
let house: House;
beforeAll(async () => {
  database = await freshDatabase();
  house = await makeHouse({ database, temporalAddress: services().temporalAddress });
  await fillPool(house);
});
afterAll(async () => {
  await house.close();
  await database.drop();
});

const control = (method: string, ...params: unknown[]): Promise<unknown> =>
  house.devnet.control(method, ...params);

interface Pending {
  readonly CID: { readonly '/': string };
  readonly Message: { readonly From: string; readonly Nonce: number };
}

/** What of ours waits in the mempool, on a chain that stands still; at least one message. */
const pending = (): Promise<readonly { cid: string; nonce: number }[]> =>
  house.untilStill('a message in the mempool', async () => {
    const all = (await control('Filecoin.MpoolPending', null)) as readonly Pending[];
    const ours = all.filter(({ Message }) => Message.From === house.hot);
    if (ours.length === 0) return undefined;
    return ours.map(({ CID, Message }) => ({ cid: CID['/'], nonce: Message.Nonce }));
  });

const FAILING = [
  'ChainHead',
  'ChainGetTipSet',
  'StateGetActor',
  'GasEstimateMessageGas',
  'MpoolPush',
  'StateCall',
];

/** Each strikes right after the approval, is over when it has shown, and gives what heals it. */
const FAILURES = {
  'cannot be reached': async () => {
    const before = house.lotusLine.turnedAway();
    house.lotusLine.cut();
    await house.until('callers to be turned away', async () =>
      Promise.resolve(house.lotusLine.turnedAway() - before >= 15 ? true : undefined),
    );
    house.lotusLine.mend();
  },
  'answers errors': async () => {
    for (const [n, method] of FAILING.entries())
      await control('Devnet.Fail', { method, times: 3, how: n % 2 === 0 ? 'error' : 'http-500' });
  },
  'takes a push and says nothing, then answers nothing at all': async () => {
    await control('Devnet.Fail', { method: 'MpoolPush', times: 1, how: 'timeout-after-accept' });
    await pending();
    await control('Devnet.Stall', true);
    const before = house.lotusLine.asked();
    await house.untilStill('calls that get no answer', async () =>
      Promise.resolve(house.lotusLine.asked() - before >= 2 ? true : undefined),
    );
    await control('Devnet.Stall', false);
  },
  'forgets its mempool': async ({ again }: Deposit) => {
    const before = await pending();
    await control('Devnet.DropMempool');
    expect(await pending()).toEqual(before);
    await again();
  },
} as const satisfies Record<string, (deposit: Deposit) => Promise<void>>;

test.each(Object.entries(FAILURES))('the node %s', async (_name, fail) => {
  const borrower = await approvedLoan(house);
  const deposit = await payIn(house);
  await fail(deposit);
  await borrower.until('escrow_offered');
  await borrower.propose();
  await borrower.until('active');
  await credited(house, deposit);
  await expectRight(house);
});
