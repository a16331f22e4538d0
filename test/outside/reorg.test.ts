/** What a reorg takes back before it is final is booked where it lands again, once, and not at all where it does not. */
import { readCursor } from '../../db/clock';
import { findTransfer } from '../../db/transfer';
import { attoText } from '../../domain/money';
import { balance } from '../../ledger/read';
import type { House } from './house';
import { approvedLoan, credited, moveIn, LENT, payIn, type Borrower } from './people';
import { expectRight } from './right';

jest.setTimeout(600_000);

let house: House;
let leave: () => Promise<void>;
beforeAll(async () => {
  ({ house, leave } = await moveIn());
});
afterAll(() => leave());

/** Mines an epoch whenever chain-watch has seen the last one, until the probe gives something. */
function untilSeen<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const { knex, lotus, mine, untilStill } = house;
  return untilStill(what, async () => {
    const found = await probe();
    if (found !== undefined) return found;
    const [cursor, { height }] = await Promise.all([readCursor(knex), lotus.chainHead()]);
    if (cursor?.head === height) await mine();
    return undefined;
  });
}

/** The chain forgets the tipset of this height and all that came after it. */
async function undo(height: number): Promise<void> {
  const head = await house.lotus.chainHead();
  await house.devnet.control('Devnet.Reorg', head.height - height + 1);
}

interface Sent {
  readonly id: string;
  readonly state: string;
  readonly included_epoch: number;
}

const sent = (id: string) => house.knex<Sent>('chain.message').where({ id }).first();

/** Takes one of our messages back where chain-watch has seen it on chain, and loses it from the mempool too. */
async function takeBack(id: string): Promise<void> {
  const included = await untilSeen(`${id} on chain`, async () => {
    const message = await sent(id);
    return message?.state === 'included' ? message : undefined;
  });
  await undo(included.included_epoch);
  await house.untilStill(`${id} to be open again`, async () =>
    (await sent(id))?.state === 'pushed' ? true : undefined,
  );
  await house.devnet.control('Devnet.DropMempool');
}

/** Takes a stranger's transfer back where chain-watch has seen it; what is in the mempool is lost. */
async function loseTransfer(cid: string): Promise<void> {
  const of = { cid, index: 0 };
  const seen = await untilSeen('the transfer', async () => (await findTransfer(house.knex, of)) ?? undefined);
  await undo(seen.includedEpoch);
  await house.untilStill('the transfer to be an orphan', async () =>
    (await findTransfer(house.knex, of))?.state === 'orphaned' ? true : undefined,
  );
  await house.devnet.control('Devnet.DropMempool');
}

/** What staff see of an arrival: where it stands, and the mark of a reorg. */
const shown = (cid: string) =>
  house.knex('watch.transfer').where({ cid, idx: 0 }).first('state', 'reorgs', 'booked_as');

async function activeLoan(): Promise<Borrower> {
  const borrower = await approvedLoan(house);
  await borrower.until('escrow_offered');
  await borrower.propose();
  await borrower.until('active');
  return borrower;
}

const owed = ({ loanId }: Borrower) => balance(house.knex, { code: 'loan.principal', owner: loanId });

test('a deposit that lands again is credited once, with the mark of the reorg', async () => {
  const deposit = await payIn(house);
  await loseTransfer(deposit.cid);
  await deposit.again();
  await credited(house, deposit);
  expect(await shown(deposit.cid)).toEqual({ state: 'final', reorgs: 1, booked_as: 'deposit' });
  const held = await balance(house.knex, { code: 'customer.available', owner: deposit.customerId });
  expect(held.balance).toBe(deposit.amount);
  await expectRight(house);
});

test('a deposit that does not land again is not credited, and ends', async () => {
  const deposit = await payIn(house);
  await loseTransfer(deposit.cid);
  await deposit.instead();
  await house.until('its end', async () =>
    (await findTransfer(house.knex, { cid: deposit.cid, index: 0 }))?.state === 'replaced' ? true : undefined,
  );
  expect(await shown(deposit.cid)).toEqual({ state: 'replaced', reorgs: 1, booked_as: null });
  const held = await balance(house.knex, { code: 'customer.available', owner: deposit.customerId });
  expect(held.balance).toBe(0n);
  await expectRight(house);
});

test('the owner change: a proposal that is gone is none, and our confirmation is sent again', async () => {
  const borrower = await approvedLoan(house);
  const { escrow_id_address: escrow } = await borrower.until('escrow_offered');
  await borrower.propose();
  await house.mine(2);
  const { height } = await house.lotus.chainHead();
  await undo(height - 1);
  await house.devnet.control('Devnet.DropMempool');
  await house.mine(8);
  expect((await borrower.row()).state).toBe('escrow_offered');
  await borrower.propose();
  await takeBack(`${borrower.loanId}-owner-confirm-1`);
  await borrower.until('active');
  const { key } = await house.lotus.chainHead();
  expect((await house.lotus.minerInfo(borrower.miner, key)).owner).toBe(escrow);
  await expectRight(house);
});

test('a disbursement is lent once', async () => {
  const borrower = await approvedLoan(house);
  await borrower.until('escrow_offered');
  await borrower.propose();
  await takeBack(`${borrower.loanId}-disburse-1`);
  expect((await owed(borrower)).balance).toBe(0n);
  await borrower.until('active');
  expect((await owed(borrower)).balance).toBe(LENT);
  await expectRight(house);
});

test('a repayment that is gone repays nothing; the one that lands repays once', async () => {
  const borrower = await activeLoan();
  const gone = await borrower.repay(LENT / 2n);
  await loseTransfer(gone.cid);
  await gone.instead();
  const landing = await borrower.repay(LENT / 4n);
  await loseTransfer(landing.cid);
  await landing.again();
  await house.until('the repayment', async () => {
    const transfer = await findTransfer(house.knex, { cid: landing.cid, index: 0 });
    return transfer?.state === 'final' ? true : undefined;
  });
  expect(await shown(gone.cid)).toEqual({ state: 'replaced', reorgs: 1, booked_as: null });
  expect(await shown(landing.cid)).toEqual({ state: 'final', reorgs: 1, booked_as: 'repayment' });
  const paid = await house.knex('repayment').where({ loan_id: borrower.loanId });
  expect(paid).toMatchObject([{ amount: attoText(LENT / 4n) }]);
  await expectRight(house);
});
