/** Each threat on a chain: done there by who can, read at a finalised tipset, alerted on the loan, gone when it is gone. */
import { beneficiaryParams, bytesOf, cbor, deliver, FIL, fil, METHOD, ownerParams } from '../devnet/actors';
import { aCollateral, type Collateral, type Who } from './a-loan';

let world: Collateral;
let escrow: Who;
let other: Who;
let worker: Who;
let miner: string;
let loanId = '';
let count = 0;

beforeAll(async () => {
  world = await aCollateral();
  other = await world.person();
  worker = await world.person('bls');
}, 120_000);
afterAll(() => world.close());

beforeEach(async () => {
  count += 1;
  loanId = `loan-${count}`;
  escrow = await world.person();
  miner = await world.miner(escrow);
  await world.lend(loanId, escrow, miner);
  await world.settle();
});
// a loan that is over is watched no more
afterEach(() => world.admin('loan').where({ id: loanId }).update({ state: 'settled' }));

interface Alert {
  readonly id: number;
  readonly kind: string;
  readonly sentence: string;
  readonly was: string;
  readonly became: string;
  readonly before_height: number | null;
  readonly seen_height: number;
  readonly cleared_why: string | null;
  readonly acknowledged_by: string | null;
}

const alerts = (): Promise<Alert[]> =>
  world.knex<Alert & { loan_id: string }>('collateral_alert').where({ loan_id: loanId }).orderBy('id');
const open = async (): Promise<string[]> =>
  (await alerts()).filter(({ cleared_why: why }) => why === null).map(({ kind }) => kind);

const does = async (who: Who, method: number, params: Uint8Array): Promise<void> => {
  expect((await deliver(world.devnet, who, { to: miner, method, params })).exit).toBe(0);
};
const owner = (who: Who, to: Who) => does(who, METHOD.changeOwner, ownerParams(to.id));
const beneficiary = (who: Who, to: Who, quota: bigint, until: number) =>
  does(who, METHOD.changeBeneficiary, beneficiaryParams(to.id, quota, until));
const control = (name: string, amount: string) => world.devnet.control(name, miner, amount);

interface Row {
  readonly kind: string;
  readonly threaten: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
  readonly was: () => string;
  readonly became: () => string | RegExp;
}

const rows: readonly Row[] = [
  {
    kind: 'owner-pending',
    threaten: () => owner(escrow, other),
    mend: () => owner(escrow, escrow),
    was: () => 'nobody',
    became: () => other.id,
  },
  {
    kind: 'owner-lost',
    threaten: async () => {
      await owner(escrow, other);
      await owner(other, other);
    },
    mend: async () => {
      await owner(other, escrow);
      await owner(escrow, escrow);
    },
    was: () => escrow.id,
    became: () => other.id,
  },
  {
    kind: 'beneficiary-pending',
    threaten: () => beneficiary(escrow, other, 5n * FIL, 900_000),
    mend: () => beneficiary(escrow, escrow, 0n, 0),
    was: () => 'nobody',
    became: () => `${other.id} (quota 5 FIL until epoch 900000)`,
  },
  {
    kind: 'beneficiary-foreign',
    threaten: async () => {
      await beneficiary(escrow, other, 5n * FIL, 900_000);
      await beneficiary(other, other, 5n * FIL, 900_000);
    },
    mend: async () => {
      await beneficiary(escrow, escrow, 0n, 0);
      await beneficiary(other, escrow, 0n, 0);
    },
    was: () => escrow.id,
    became: () => other.id,
  },
  {
    kind: 'fee-debt',
    threaten: () => control('FeeDebt', fil(3)),
    mend: () => does(escrow, METHOD.repayDebt, new Uint8Array()),
    was: () => '0 FIL',
    became: () => '3 FIL',
  },
  {
    kind: 'power-lost',
    threaten: () => control('Power', '899'),
    mend: () => control('Power', '1000'),
    was: () => '1000 bytes',
    became: () => '899 bytes',
  },
  {
    kind: 'worker-pending',
    threaten: () => does(escrow, METHOD.changeWorker, cbor([bytesOf(worker.id), []])),
    mend: async () => {
      await world.devnet.control('Mine', 900);
      await does(escrow, METHOD.confirmWorker, new Uint8Array());
    },
    was: () => 'nobody',
    became: () => new RegExp(`^${worker.id} \\(from epoch \\d+\\)$`),
  },
];

test.each(rows)(
  '$kind: alerted within one reading, once, and cleared when it is gone',
  async (row) => {
    const good = await world.read();
    expect(await open()).toEqual([]);
    await row.threaten();
    await world.settle();
    const seen = await world.read();
    const [alert, ...more] = (await alerts()).filter(({ kind }) => kind === row.kind);
    expect(await open()).toEqual([row.kind]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ was: row.was(), before_height: good.height, seen_height: seen.height });
    expect(alert?.became).toMatch(row.became());
    const { was, became } = alert ?? { was: '', became: '' };
    expect(alert?.sentence).toContain(
      `went from ${was} at epoch ${good.height} to ${became} at epoch ${seen.height}`,
    );
    expect(seen.needs).toEqual([{ loanId, sentence: alert?.sentence }]);

    // read again, at the same height and later: still the one alert, and one reading a height
    await world.read();
    await world.settle();
    await world.read();
    expect((await alerts()).filter(({ kind }) => kind === row.kind)).toHaveLength(1);

    await row.mend();
    await world.settle();
    const mended = await world.read();
    expect(await open()).toEqual([]);
    expect(mended.needs).toEqual([]);
    expect((await alerts()).map(({ cleared_why: why }) => why)).toEqual(['gone']);
    const steps: { step: string }[] = await world.knex('loan_step').where({ loan_id: loanId }).select('step');
    expect(steps.map(({ step }) => step).filter((step) => step.startsWith('alert-'))).toHaveLength(2);
  },
  60_000,
);

test('faults above the share take power with them: both are named; below it nothing is', async () => {
  await world.read();
  await control('Faults', '9');
  await world.settle();
  await world.read();
  expect(await open()).toEqual([]);
  await control('Faults', '30');
  await world.settle();
  await world.read();
  expect(await open()).toEqual(['power-lost', 'faults']);
  await control('Faults', '0');
  await world.settle();
  await world.read();
  expect(await open()).toEqual([]);
});

test('what is not final yet alerts nobody', async () => {
  await world.read();
  await control('FeeDebt', fil(3));
  await world.read();
  expect(await open()).toEqual([]);
});

test('another nominee is another alert; the first is gone', async () => {
  await world.read();
  await owner(escrow, other);
  await world.settle();
  await world.read();
  await owner(escrow, worker);
  await world.settle();
  await world.read();
  expect((await alerts()).map(({ became, cleared_why: why }) => [became, why])).toEqual([
    [other.id, 'gone'],
    [worker.id, null],
  ]);
});

test('acknowledged once, with a reason, by one person; then the loan needs nobody, and the alert stays open', async () => {
  await world.read();
  await control('FeeDebt', fil(3));
  await world.settle();
  await world.read();
  const [alert] = await alerts();
  const alertId = alert?.id ?? 0;
  const actor = { id: 'olga', role: 'operator' };
  const { acknowledgeAlert } = world.activities;
  const done = await acknowledgeAlert({ alertId, actor, reason: 'the borrower pays it today' });
  expect(done).toEqual({ loanId, needs: [] });
  expect(await acknowledgeAlert({ alertId, actor, reason: 'again' })).toEqual(done);
  const refused = (input: Parameters<typeof acknowledgeAlert>[0]) => expect(acknowledgeAlert(input)).rejects;
  await refused({ alertId, actor: { id: 'rita', role: 'risk' }, reason: 'me too' }).toMatchObject({
    type: 'already-decided',
  });
  await refused({ alertId: 999_999, actor, reason: 'x' }).toMatchObject({ type: 'not-found' });
  expect(await open()).toEqual(['fee-debt']);
  expect((await world.read()).needs).toEqual([]);
  expect((await alerts())[0]).toMatchObject({
    acknowledged_by: 'olga',
    acknowledged_reason: 'the borrower pays it today',
  });

  await does(escrow, METHOD.repayDebt, new Uint8Array());
  await world.settle();
  await world.read();
  await refused({ alertId, actor: { id: 'rita', role: 'risk' }, reason: 'x' }).toMatchObject({
    type: 'already-decided',
  });
  // The same fault a second time is a new alert, which nobody has acknowledged.
  await control('FeeDebt', fil(1));
  await world.settle();
  expect((await world.read()).needs).toMatchObject([{ loanId }]);
  const second = (await alerts())[1]?.id ?? 0;
  await world.admin('loan').where({ id: loanId }).update({ state: 'settled' });
  await world.read();
  expect((await alerts())[1]).toMatchObject({ cleared_why: 'loan-over' });
  await refused({ alertId: second, actor, reason: 'late' }).toMatchObject({ type: 'wrong-state' });
});

test('before its interval has passed nothing is read, and it says how long to wait', async () => {
  const { height } = await world.read();
  const rows = () => world.knex('miner_snapshot').where({ miner }).count<{ count: number }[]>('* as count');
  const held = await rows();
  expect(await world.read({ last: height, now: false })).toMatchObject({ read: false, waitMs: 1_000 });
  await world.settle();
  expect(await rows()).toEqual(held);
  expect(await world.read({ last: height, now: false })).toMatchObject({ read: true, miners: 1 });
});

test('every fact of a reading is kept, and no row of what was seen can be changed', async () => {
  await beneficiary(escrow, other, 5n * FIL, 900_000);
  await world.settle();
  const { height } = await world.read();
  expect(await world.knex('miner_snapshot').where({ miner, height }).first()).toMatchObject({
    owner: escrow.id,
    pending_owner: null,
    beneficiary: escrow.id,
    beneficiary_term: { quota: '0', usedQuota: '0', expiration: 0 },
    pending_beneficiary: other.id,
    pending_term: {
      quota: fil(5),
      expiration: 900_000,
      approvedByBeneficiary: true,
      approvedByNominee: false,
    },
    worker: escrow.id,
    pending_worker: null,
    worker_change_epoch: -1,
    live_sectors: 100,
    active_sectors: 100,
    faulty_sectors: 0,
    raw_power: '1000',
    quality_power: '1000',
    available: fil(10),
    fee_debt: '0',
  });
  const table = (name: string) => world.admin(name);
  await expect(table('miner_snapshot').where({ miner }).update({ owner: 'f01' })).rejects.toThrow(
    /append-only/,
  );
  await expect(table('collateral_alert').update({ sentence: 'all is well' })).rejects.toThrow(/is fixed/);
  await expect(table('collateral_alert').delete()).rejects.toThrow(/append-only/);
});
