/** The mail server is down for the whole life of a loan: no money waits for it, and no mail is lost. */
import { findTransfer } from '../../db/transfer';
import type { House } from './house';
import { approvedLoan, credited, moveIn, LENT, payIn } from './people';
import { expectRight } from './right';

jest.setTimeout(600_000);

let house: House;
let leave: () => Promise<void>;
beforeAll(async () => {
  ({ house, leave } = await moveIn());
});
afterAll(() => leave());

type Mail = House['mails'][number];
const same = (one: Mail, other: Mail): boolean => one.to === other.to && one.subject === other.subject;

test('a loan from its approval to the owner role going back, and a deposit, while every mail is turned away', async () => {
  house.mailLine.cut();
  const deposit = await payIn(house);
  const borrower = await approvedLoan(house);
  await borrower.until('escrow_offered');
  await borrower.propose();
  await borrower.until('active');
  const paid = await borrower.repay(2n * LENT);
  await borrower.until('returning');
  await borrower.confirm();
  await borrower.until('closed');
  await credited(house, deposit);
  expect((await findTransfer(house.knex, { cid: paid.cid, index: 0 }))?.bookedAs).toBe('repayment');
  expect(house.mailLine.turnedAway()).toBeGreaterThan(0);
  expect(house.mails.filter(({ to }) => to === borrower.email)).toEqual([]);
  await expectRight(house);

  house.mailLine.mend();
  const due = [
    ...[
      'Hand over the owner role',
      'Your loan is closed',
      'Your loan is paid out',
      'Your loan is repaid',
    ].map((subject) => ({ to: borrower.email, subject })),
    { to: `${deposit.customerId}@example.com`, subject: 'Your deposit has arrived' },
  ];
  await house.untilStill('every mail', async () =>
    Promise.resolve(due.every((mail) => house.mails.some((one) => same(one, mail))) ? true : undefined),
  );
  for (const mail of due) expect(house.mails.filter((one) => same(one, mail))).toHaveLength(1);
});
