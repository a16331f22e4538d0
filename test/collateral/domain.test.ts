/** Each rule of the watch over the collateral: when it is quiet, when it speaks, and what it says. */
import { COLLATERAL_POLICY, isWatched, threatsIn, type CollateralReading } from '../../domain/collateral';

const ESCROW = 'f0900';
const before: CollateralReading = {
  miner: 'f01000',
  height: 100,
  owner: ESCROW,
  pendingOwner: null,
  beneficiary: ESCROW,
  pendingBeneficiary: null,
  pendingTerm: null,
  pendingWorker: null,
  workerChangeEpoch: -1,
  feeDebt: '0',
  qualityPower: '1000',
  sectors: { live: 100, active: 100, faulty: 0 },
};
const terms = { escrow: ESCROW, highestPower: 1_000n, policy: COLLATERAL_POLICY };
const later = (change: Partial<CollateralReading>): CollateralReading => ({
  ...before,
  height: 110,
  ...change,
});
const term = {
  quota: `5${'0'.repeat(18)}`,
  expiration: 549,
  approvedByBeneficiary: true,
  approvedByNominee: false,
};

test('a miner as the loan wants it raises nothing, also at its first reading', () => {
  expect(threatsIn(later({}), before, terms)).toEqual([]);
  expect(threatsIn(later({}), null, terms)).toEqual([]);
});

test.each<[string, Partial<CollateralReading>, string, string]>([
  [
    'owner-lost',
    { owner: 'f0666', beneficiary: 'f0666' },
    'f0666',
    'The owner of miner f01000 went from f0900 at epoch 100 to f0666 at epoch 110: our escrow does not own it',
  ],
  [
    'owner-pending',
    { pendingOwner: 'f0666' },
    'f0666',
    'The proposed owner of miner f01000 went from nobody at epoch 100 to f0666 at epoch 110: that address can take the owner role by confirming',
  ],
  [
    'beneficiary-foreign',
    { beneficiary: 'f0105' },
    'f0105',
    'The beneficiary of miner f01000 went from f0900 at epoch 100 to f0105 at epoch 110: withdrawals of the miner are paid to it',
  ],
  [
    'beneficiary-pending',
    { pendingBeneficiary: 'f0105', pendingTerm: term },
    'f0105',
    'The proposed beneficiary of miner f01000 went from nobody at epoch 100 to f0105 (quota 5 FIL until epoch 549) at epoch 110: once approved, withdrawals of the miner are paid to it',
  ],
  [
    'fee-debt',
    { feeDebt: `36${'0'.repeat(18)}` },
    '',
    'The fee debt of miner f01000 went from 0 FIL at epoch 100 to 36 FIL at epoch 110: it is taken out of the balance before anything can be withdrawn',
  ],
  [
    'power-lost',
    { qualityPower: '875' },
    '',
    'The quality-adjusted power of miner f01000 went from 1000 bytes at epoch 100 to 875 bytes at epoch 110: 12.5 % below the highest read since the loan, 1000 bytes; the limit is 10 %',
  ],
  [
    'faults',
    { sectors: { live: 100, active: 85, faulty: 15 } },
    '',
    'The count of faulty sectors of miner f01000 went from 0 of 100 sectors at epoch 100 to 15 of 100 sectors at epoch 110: 15 % of its sectors; the limit is 12 %',
  ],
  [
    'worker-pending',
    { pendingWorker: 'f0777', workerChangeEpoch: 1_010 },
    'f0777',
    'The proposed worker of miner f01000 went from nobody at epoch 100 to f0777 (from epoch 1010) at epoch 110: a worker can terminate sectors',
  ],
])('%s alone, with what went to what at which epochs', (kind, change, about, sentence) => {
  const found = threatsIn(later(change), before, terms);
  expect(found).toMatchObject([{ kind, about, sentence, beforeHeight: 100 }]);
});

test.each<[string, Partial<CollateralReading>]>([
  ['a proposed beneficiary that is the owner', { pendingBeneficiary: ESCROW, pendingTerm: term }],
  ['power just under the limit', { qualityPower: '901' }],
  ['power above what it was', { qualityPower: '5000' }],
  ['faults just under the limit', { sectors: { live: 10_000, active: 8_801, faulty: 1_199 } }],
  ['no sectors at all', { sectors: { live: 0, active: 0, faulty: 0 } }],
])('no threat: %s', (_, change) => {
  const seen = later(change);
  const highestPower = BigInt(seen.qualityPower) > 1_000n ? BigInt(seen.qualityPower) : 1_000n;
  expect(threatsIn(seen, before, { ...terms, highestPower })).toEqual([]);
});

test.each<[string, Partial<CollateralReading>]>([
  ['power', { qualityPower: '900' }],
  ['faults', { sectors: { live: 100, active: 88, faulty: 12 } }],
])('a share at the limit is over it: %s', (_, change) => {
  expect(threatsIn(later(change), before, terms)).toHaveLength(1);
});

test('power that goes little by little is measured from its highest, not from the reading before', () => {
  const seen = later({ qualityPower: '890' });
  const [threat] = threatsIn(seen, { ...before, qualityPower: '905' }, terms);
  expect(threat).toMatchObject({ kind: 'power-lost', was: '905 bytes', became: '890 bytes' });
});

test('a miner without power when the loan came has none to lose', () => {
  expect(threatsIn(later({ qualityPower: '0' }), null, { ...terms, highestPower: 0n })).toEqual([]);
});

test('what stood before is not said to have changed', () => {
  const seen = later({ pendingOwner: 'f0666' });
  const sentence =
    'The proposed owner of miner f01000 is f0666 at epoch 110, not nobody: that address can take the owner role by confirming';
  expect(threatsIn(seen, null, terms)).toMatchObject([{ sentence, beforeHeight: null, was: 'nobody' }]);
  expect(threatsIn(seen, { ...before, pendingOwner: 'f0666' }, terms)).toMatchObject([{ sentence }]);
});

test('one nominee after another is a change again', () => {
  const found = threatsIn(later({ pendingOwner: 'f0667' }), { ...before, pendingOwner: 'f0666' }, terms);
  expect(found).toMatchObject([{ was: 'f0666', became: 'f0667', about: 'f0667', beforeHeight: 100 }]);
});

test('several at once are each named', () => {
  const seen = later({ owner: 'f0666', pendingOwner: 'f0700', feeDebt: '1' });
  expect(threatsIn(seen, before, terms).map(({ kind }) => kind)).toEqual([
    'owner-lost',
    'owner-pending',
    'beneficiary-foreign',
    'fee-debt',
  ]);
});

test('watched while FIL is in the miner', () => {
  expect((['disbursing', 'active', 'overdue'] as const).every(isWatched)).toBe(true);
  expect(
    (['applied', 'escrow_offered', 'escrow_confirmed', 'settled', 'returning', 'closed'] as const).some(
      isWatched,
    ),
  ).toBe(false);
});
