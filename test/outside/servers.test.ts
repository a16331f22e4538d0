/** The servers that keep our state are killed in the middle of a loan, again and again: it goes on where it was. */
import { balance } from '../../ledger/read';
import { makeHouse, type House } from './house';
import { approvedLoan, credited, fillPool, LENT, payIn } from './people';
import { expectRight } from './right';
import { startServers, type Server, type Servers } from './servers';

jest.setTimeout(600_000);

let servers: Servers;
let house: House;
beforeAll(async () => {
  servers = await startServers();
  house = await makeHouse(servers.ground);
  await fillPool(house);
});
afterAll(async () => {
  await house.close();
  await servers.close();
});

/** Killed, and back when the chain has gone on without it. */
async function lose(server: Server): Promise<void> {
  await server.kill();
  await house.mine(3);
  await server.start();
}

test.each(['postgres', 'temporal'] as const)('%s is killed at every stage of a loan', async (name) => {
  const server = servers[name];
  const borrower = await approvedLoan(house);
  const deposit = await payIn(house);
  await lose(server);
  await borrower.until('escrow_offered');
  await borrower.propose();
  await borrower.until('escrow_proposed');
  await lose(server);
  await borrower.until('disbursing');
  await lose(server);
  await borrower.until('active');
  await borrower.repay(LENT / 2n);
  await house.mine(2);
  await lose(server);
  await credited(house, deposit);
  await house.until('the repayment', async () => {
    const owed = await balance(house.knex, { code: 'loan.principal', owner: borrower.loanId });
    return owed.balance < LENT ? true : undefined;
  });
  await expectRight(house);
  // they had nobody to restart them, and needed nobody
  expect(house.processes.map((child) => child.ending())).toEqual([undefined, undefined]);
});
