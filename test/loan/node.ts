/** A Lotus node at the edge of a test: a few miners of one owner, f0100; a test changes what is wrong with them. */
import { LotusError, type Lotus } from '../../chain/lotus';
import { addressFrom, type Address } from '../../domain/address';

export interface Sight {
  readonly head: number;
  readonly ownerKind: string;
  readonly beneficiary: Address;
  readonly feeDebt: bigint;
  readonly pending: Address | null;
}

export interface MinersNode {
  readonly lotus: Lotus;
  /** Ten epochs below the head. */
  readonly change: (changes: Partial<Sight>) => void;
}

const OWNER_ID = addressFrom('f0100');

export const GOOD: Sight = {
  head: 100,
  ownerKind: 'account',
  beneficiary: OWNER_ID,
  feeDebt: 0n,
  pending: null,
};

/** Makes the node; final is what lies ten epochs below its head. */
export function aMinersNode(facts: {
  readonly ownerKey: Address;
  readonly miners: readonly string[];
}): MinersNode {
  let sight = GOOD;
  const tipset = (below: number) => ({ key: ['bafy2bzace'], height: sight.head - below });
  const noMiner = (miner: Address): LotusError => {
    const text =
      miner === OWNER_ID
        ? `failed to load miner actor state: actor code is not miner: ${sight.ownerKind}`
        : 'failed to load miner actor: actor not found';
    return new LotusError('rpc', 'StateMinerInfo', text, 1);
  };
  const lotus = {
    network: () => Promise.resolve({ name: 'testnet', prefix: 'f', genesisTime: 0, epochSeconds: 30 }),
    chainHead: () => Promise.resolve(tipset(0)),
    finalizedTipset: ({ finalityEpochs }: { finalityEpochs: number }) =>
      Promise.resolve(tipset(finalityEpochs)),
    minerInfo: (miner: Address) =>
      facts.miners.includes(miner)
        ? Promise.resolve({
            owner: OWNER_ID,
            worker: addressFrom('f0106'),
            newWorker: null,
            workerChangeEpoch: -1,
            beneficiaryTerm: null,
            consensusFaultElapsed: -1,
            beneficiary: sight.beneficiary,
            pendingBeneficiaryTerm: null,
          })
        : Promise.reject(noMiner(miner)),
    minerPendingOwner: () => Promise.resolve({ owner: OWNER_ID, pending: sight.pending }),
    minerAvailable: () => Promise.resolve(5n),
    minerPower: () => Promise.resolve({ miner: { rawBytes: 32n, qualityAdjusted: 320n } }),
    minerSectors: () => Promise.resolve({ live: 0, active: 0, faulty: 0 }),
    minerState: () =>
      Promise.resolve({ feeDebt: sight.feeDebt, initialPledge: 1n, preCommitDeposits: 0n, lockedFunds: 0n }),
    accountKey: () => Promise.resolve(sight.ownerKind === 'account' ? facts.ownerKey : null),
  } as unknown as Lotus;
  return {
    lotus,
    change: (changes) => {
      sight = { ...sight, ...changes };
    },
  };
}
