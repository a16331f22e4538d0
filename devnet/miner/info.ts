import { addressToBytes, idAddress } from '../address';
import { encodeCbor, type Cbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import { bigToBytes } from '../token';
import { pendingCbor, termCbor } from './beneficiary';
import type { MinerInfo, MinerState } from './state';

export const SECTOR_SIZE = 2048;
const POST_PROOF = 10;
const PARTITION_SECTORS = 2;
const EMPTY = new Uint8Array();

const bytes = (id: number): Uint8Array => addressToBytes(idAddress(id));

/** The info block of a miner: the CBOR array of 14 that ChainReadObj gives. */
export function encodeInfo(info: MinerInfo): Uint8Array {
  const pendingWorker: Cbor = info.pendingWorker && [
    bytes(info.pendingWorker.worker),
    info.pendingWorker.effectiveAt,
  ];
  return encodeCbor([
    bytes(info.owner),
    bytes(info.worker),
    info.control.map(bytes),
    pendingWorker,
    info.peerId,
    [],
    POST_PROOF,
    SECTOR_SIZE,
    PARTITION_SECTORS,
    info.consensusFaultElapsed,
    info.pendingOwner === null ? null : bytes(info.pendingOwner),
    bytes(info.beneficiary),
    termCbor(info.term),
    pendingCbor(info),
  ]);
}

export const infoCid = (miner: MinerState): Cid => cidOf(encodeInfo(miner.info));

/** The state block of a miner: the fields of the real one, tables we do not keep shown as empty blocks. */
export function encodeMiner(miner: MinerState): Uint8Array {
  const empty = { link: cidOf(encodeCbor([])) };
  return encodeCbor([
    { link: infoCid(miner) },
    bigToBytes(miner.preCommitDeposits),
    bigToBytes(miner.lockedFunds),
    miner.vesting.map((entry) => [entry.epoch, bigToBytes(entry.amount)]),
    bigToBytes(miner.feeDebt),
    bigToBytes(miner.initialPledge),
    empty,
    empty,
    empty,
    empty,
    miner.provingPeriodStart,
    0,
    empty,
    EMPTY,
    true,
  ]);
}

/** StateMinerInfo's answer. PendingOwnerAddress is always null there, also while a proposal is pending. */
export function minerInfoJson(info: MinerInfo): Record<string, unknown> {
  const pending = info.pendingBeneficiary;
  return {
    Owner: idAddress(info.owner),
    Worker: idAddress(info.worker),
    NewWorker: info.pendingWorker === null ? '<empty>' : idAddress(info.pendingWorker.worker),
    ControlAddresses: info.control.length === 0 ? null : info.control.map((id) => idAddress(id)),
    WorkerChangeEpoch: info.pendingWorker?.effectiveAt ?? -1,
    PeerId: null,
    Multiaddrs: null,
    WindowPoStProofType: POST_PROOF,
    SectorSize: SECTOR_SIZE,
    WindowPoStPartitionSectors: PARTITION_SECTORS,
    ConsensusFaultElapsed: info.consensusFaultElapsed,
    PendingOwnerAddress: null,
    Beneficiary: idAddress(info.beneficiary),
    BeneficiaryTerm: {
      Quota: info.term.quota.toString(),
      UsedQuota: info.term.used.toString(),
      Expiration: info.term.expiration,
    },
    PendingBeneficiaryTerm: pending && {
      NewBeneficiary: idAddress(pending.beneficiary),
      NewQuota: pending.quota.toString(),
      NewExpiration: pending.expiration,
      ApprovedByBeneficiary: pending.approvedByBeneficiary,
      ApprovedByNominee: pending.approvedByNominee,
    },
  };
}
