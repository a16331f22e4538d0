/** Shapes of a Lotus node's answers about storage miners. */
import { z } from 'zod';
import { type Address, addressFrom } from '../domain/address';
import { address, amount } from './answer-field';

const addressOrNone = z
  .string()
  .nullable()
  .transform((text): Address | null => (text === null || text === '<empty>' ? null : addressFrom(text)));

const term = z
  .object({ Quota: amount, UsedQuota: amount, Expiration: z.number() })
  .transform((raw) => ({ quota: raw.Quota, usedQuota: raw.UsedQuota, expiration: raw.Expiration }));

const pendingTerm = z
  .object({
    NewBeneficiary: address,
    NewQuota: amount,
    NewExpiration: z.number(),
    ApprovedByBeneficiary: z.boolean(),
    ApprovedByNominee: z.boolean(),
  })
  .transform((raw) => ({
    beneficiary: raw.NewBeneficiary,
    quota: raw.NewQuota,
    expiration: raw.NewExpiration,
    approvedByBeneficiary: raw.ApprovedByBeneficiary,
    approvedByNominee: raw.ApprovedByNominee,
  }));

/**
 * StateMinerInfo without PendingOwnerAddress, which real nodes never fill: read it by `minerPendingOwner`.
 * Expirations at 2⁵³ and above mean "never".
 */
export const minerInfo = z
  .object({
    Owner: address,
    Worker: address,
    NewWorker: addressOrNone,
    ControlAddresses: z.array(address).nullable(),
    WorkerChangeEpoch: z.number(),
    SectorSize: z.number().int(),
    ConsensusFaultElapsed: z.number(),
    Beneficiary: address,
    BeneficiaryTerm: term.nullable(),
    PendingBeneficiaryTerm: pendingTerm.nullable(),
  })
  .transform((raw) => ({
    owner: raw.Owner,
    worker: raw.Worker,
    newWorker: raw.NewWorker,
    controlAddresses: raw.ControlAddresses ?? [],
    workerChangeEpoch: raw.WorkerChangeEpoch,
    sectorSize: raw.SectorSize,
    consensusFaultElapsed: raw.ConsensusFaultElapsed,
    beneficiary: raw.Beneficiary,
    beneficiaryTerm: raw.BeneficiaryTerm,
    pendingBeneficiaryTerm: raw.PendingBeneficiaryTerm,
  }));
export type MinerInfo = z.infer<typeof minerInfo>;

const claim = z
  .object({ RawBytePower: amount, QualityAdjPower: amount })
  .transform((raw) => ({ rawBytes: raw.RawBytePower, qualityAdjusted: raw.QualityAdjPower }));

export const minerPower = z
  .object({ MinerPower: claim, TotalPower: claim, HasMinPower: z.boolean() })
  .transform((raw) => ({ miner: raw.MinerPower, total: raw.TotalPower, hasMinPower: raw.HasMinPower }));
export type MinerPower = z.infer<typeof minerPower>;

/** StateMinerSectorCount. */
export const minerSectors = z
  .object({ Live: z.number().int(), Active: z.number().int(), Faulty: z.number().int() })
  .transform((raw) => ({ live: raw.Live, active: raw.Active, faulty: raw.Faulty }));
export type MinerSectors = z.infer<typeof minerSectors>;

const minerFunds = z.object({
  PreCommitDeposits: amount,
  LockedFunds: amount,
  FeeDebt: amount,
  InitialPledge: amount,
});

/** StateReadState of a miner: the amounts (attoFIL) that decide what is income and what is pledged. */
export const minerState = z.object({ Balance: amount, State: minerFunds }).transform((raw) => ({
  balance: raw.Balance,
  preCommitDeposits: raw.State.PreCommitDeposits,
  lockedFunds: raw.State.LockedFunds,
  feeDebt: raw.State.FeeDebt,
  initialPledge: raw.State.InitialPledge,
}));
export type MinerState = z.infer<typeof minerState>;
