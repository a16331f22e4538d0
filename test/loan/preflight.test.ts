/** The pre-flight: each thing that is wrong with a miner has its own code, at each moment it is judged. */
import {
  preflight,
  type MinerFacts,
  type PreflightExpectation,
  type PreflightStage,
} from '../../domain/preflight';

const facts: MinerFacts = {
  miner: 'f01000',
  height: 500,
  tipsetKey: ['bafy2bzaceaaaa'],
  owner: 'f0100',
  ownerKind: 'account',
  ownerKey: 'f1owner',
  pendingOwner: null,
  beneficiary: 'f0100',
  pendingBeneficiary: null,
  worker: 'f0106',
  pendingWorker: null,
  workerChangeEpoch: -1,
  beneficiaryTerm: null,
  pendingTerm: null,
  sectors: { live: 0, active: 0, faulty: 0 },
  consensusFaultElapsed: -1,
  feeDebt: '0',
  available: '-5',
  initialPledge: '7',
  preCommitDeposits: '0',
  lockedFunds: '0',
  rawPower: '32',
  qualityPower: '320',
};

const expected: PreflightExpectation = {
  stage: 'application',
  ownerBefore: null,
  escrow: null,
  proofVerifies: true,
  proofAddress: 'f1owner',
  proofExpiryEpoch: 500,
  otherLoan: null,
};

const offered = { ownerBefore: 'f0100', escrow: 'f0900' };
const escrowed = { owner: 'f0900', beneficiary: 'f0900' };

/** A miner as it should be at the stage. */
function good(stage: PreflightStage): [MinerFacts, PreflightExpectation] {
  switch (stage) {
    case 'application':
      return [facts, expected];
    case 'proposed':
      return [
        { ...facts, pendingOwner: 'f0900' },
        { ...expected, ...offered, stage },
      ];
    case 'confirmed':
    case 'signing':
      return [
        { ...facts, ...escrowed },
        { ...expected, ...offered, stage },
      ];
  }
}

const stages: PreflightStage[] = ['application', 'proposed', 'confirmed', 'signing'];

describe.each(stages)('at %s', (stage) => {
  const [miner, wanted] = good(stage);

  it('a miner as it should be passes, and its figures are recorded', () => {
    const report = preflight(miner, wanted);
    expect(report).toMatchObject({ passed: true, code: null, height: 500, stage });
    expect(report.checks).toContainEqual({
      name: 'quality-adjusted power',
      value: '320',
      wanted: 'recorded',
      passed: true,
      code: null,
    });
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'available balance', value: '-5' }));
  });

  it.each<[string, Partial<MinerFacts>, Partial<PreflightExpectation>]>([
    ['owner-pending-foreign', { pendingOwner: 'f0666' }, {}],
    ['beneficiary-foreign', { beneficiary: 'f0666' }, {}],
    ['beneficiary-term-pending', { pendingBeneficiary: 'f0666' }, {}],
    ['fee-debt', { feeDebt: '1' }, {}],
    ['miner-has-open-loan', {}, { otherLoan: 'another' }],
  ])('%s', (code, wrongFacts, wrongExpectation) => {
    const report = preflight({ ...miner, ...wrongFacts }, { ...wanted, ...wrongExpectation });
    expect(report).toMatchObject({ passed: false, code });
    expect(report.checks.filter((check) => !check.passed).map((check) => check.code)).toEqual([code]);
  });
});

it.each<[string, Partial<MinerFacts>, Partial<PreflightExpectation>]>([
  ['owner-proof-invalid', {}, { proofVerifies: false }],
  ['owner-proof-invalid', {}, { proofAddress: 'f1somebody' }],
  ['owner-proof-expired', { height: 501 }, {}],
  ['owner-kind-multisig', { ownerKind: 'multisig', ownerKey: null }, {}],
  ['owner-kind-contract', { ownerKind: 'contract', ownerKey: null }, {}],
  ['owner-kind-contract', { ownerKind: 'other', ownerKey: null }, {}],
])('an application is refused with %s', (code, wrongFacts, wrongExpectation) => {
  expect(preflight({ ...facts, ...wrongFacts }, { ...expected, ...wrongExpectation })).toMatchObject({
    passed: false,
    code,
  });
});

it('a proposal of ours that is not pending does not pass', () => {
  const [miner, wanted] = good('proposed');
  expect(preflight({ ...miner, pendingOwner: null }, wanted).code).toBe('owner-pending-foreign');
});

it('a miner that changed hands since the application does not pass', () => {
  const [miner, wanted] = good('proposed');
  expect(preflight({ ...miner, owner: 'f0666', beneficiary: 'f0666' }, wanted).code).toBe('owner-changed');
});

it('a miner that is not ours after our confirm does not pass', () => {
  const [miner, wanted] = good('confirmed');
  expect(preflight({ ...miner, owner: 'f0100', beneficiary: 'f0100' }, wanted).code).toBe('owner-changed');
});
