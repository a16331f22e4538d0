/** The node fails in the middle of a deposit and of a loan: each goes on where it was, and nobody has to do anything. */
import type { House } from './house';
import { approvedLoan, credited, moveIn, payIn, type Deposit } from './people';
import { expectRight } from './right';

jest.setTimeout(600_000);

let house: House;
let leave: () => Promise<void>;
beforeAll(async () => {
  ({ house, leave } = await moveIn());
});
afterAll(() => leave());

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

interface Attempt {
  readonly id: number;
  readonly message_id: string;
  readonly nonce: number;
  readonly cid_signed: string;
  readonly premium: string;
}

/** Signatures for one nonce of the hot wallet, oldest first. */
const attemptsAt = (nonce: number): Promise<readonly Attempt[]> =>
  house.knex<Attempt & { sender: string }>('chain.attempt').where({ sender: house.hot, nonce }).orderBy('id');

interface Message {
  readonly id: string;
  readonly state: string;
  readonly cid: string | null;
  readonly needs_action: string | null;
}

/** The message that holds this nonce of the hot wallet. */
const messageAt = async (nonce: number) => {
  const [attempt] = await attemptsAt(nonce);
  return house
    .knex<Message>('chain.message')
    .where({ id: attempt?.message_id ?? '' })
    .first();
};

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
  'asks a higher base fee than was offered, and a still higher one': async () => {
    const nonce = (await pending())[0]?.nonce ?? -1;
    for (const [n, fee] of ['20000000', '400000000'].entries()) {
      await control('Devnet.BaseFee', fee);
      const attempts = await house.until('a dearer attempt', async () => {
        const all = await attemptsAt(nonce);
        return all.length === n + 2 ? all : undefined;
      });
      const [old, dearer] = attempts.slice(-2).map(({ premium }) => BigInt(premium));
      expect(dearer).toBeGreaterThanOrEqual(((old ?? 0n) * 125n) / 100n + 1n);
    }
    const newest = (await attemptsAt(nonce)).at(-1);
    await house.until('the dearest one to land', async () => {
      const message = await messageAt(nonce);
      return message?.state === 'final' && message.cid === newest?.cid_signed ? true : undefined;
    });
    await control('Devnet.BaseFee', '0');
  },
  'asks a base fee beyond policy for a while': async () => {
    const nonce = (await pending())[0]?.nonce ?? -1;
    await control('Devnet.BaseFee', '500000000000');
    await house.until('it to be said', async () => {
      const said = (await messageAt(nonce))?.needs_action ?? '';
      return said.startsWith('The base fee is above') ? true : undefined;
    });
    expect(await attemptsAt(nonce)).toHaveLength(1);
    await control('Devnet.BaseFee', '100');
    await control('Devnet.BaseFee', '0');
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
