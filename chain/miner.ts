/** One look at a storage miner: everything that a loan judges it by, all at one tipset. */
import { PROTOCOL, protocolOf, type Address } from '../domain/address';
import type { MinerFacts, OwnerKind, PendingTerm } from '../domain/preflight';
import { attoText } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { LotusError, type Lotus, type MinerInfo, type TipsetKey } from './lotus';

const NO_MINER = /failed to load miner actor/;
const ACTOR_KIND = /actor code is not miner: ([a-z]+)/;

/** Does the actor exist, and is it a miner? @throws RefusalError miner-unknown */
export async function expectMiner(lotus: Lotus, miner: Address, key: TipsetKey): Promise<void> {
  try {
    await lotus.minerInfo(miner, key);
  } catch (error) {
    if (error instanceof LotusError && error.kind === 'rpc' && NO_MINER.test(error.text))
      throw new RefusalError('miner-unknown', `${miner} is no miner: ${error.text}.`);
    throw error;
  }
}

/**
 * The kind of an actor. The node has no call that says it; asked for the account's key, it answers the f4 address of
 * whatever has one, and asked for miner state, it names the kind that the actor has instead.
 */
async function kindOf(
  lotus: Lotus,
  actor: Address,
  ownerKey: Address | null,
  key: TipsetKey,
): Promise<OwnerKind> {
  if (ownerKey !== null) return protocolOf(ownerKey) === PROTOCOL.delegated ? 'contract' : 'account';
  try {
    await lotus.minerInfo(actor, key);
    return 'other';
  } catch (error) {
    if (!(error instanceof LotusError) || error.kind !== 'rpc') throw error;
    const kind = ACTOR_KIND.exec(error.text)?.[1];
    if (kind === 'multisig') return 'multisig';
    return kind === 'evm' || kind === 'ethaccount' || kind === 'placeholder' ? 'contract' : 'other';
  }
}

function pendingTermOf({ pendingBeneficiaryTerm: term }: MinerInfo): PendingTerm | null {
  if (term === null) return null;
  const { quota, expiration, approvedByBeneficiary, approvedByNominee } = term;
  return { quota: quota.toString(), expiration, approvedByBeneficiary, approvedByNominee };
}

/** Reads a miner at the tipset. Amounts as decimal text in atto. */
export async function readMiner(
  lotus: Lotus,
  miner: Address,
  at: { readonly key: TipsetKey; readonly height: number },
): Promise<MinerFacts> {
  const [info, ownership, available, power, state, sectors] = await Promise.all([
    lotus.minerInfo(miner, at.key),
    lotus.minerPendingOwner(miner, at.key),
    lotus.minerAvailable(miner, at.key),
    lotus.minerPower(miner, at.key),
    lotus.minerState(miner, at.key),
    lotus.minerSectors(miner, at.key),
  ]);
  const ownerKey = await lotus.accountKey(ownership.owner, at.key);
  return {
    miner,
    height: at.height,
    tipsetKey: at.key,
    owner: ownership.owner,
    ownerKind: await kindOf(lotus, ownership.owner, ownerKey, at.key),
    ownerKey,
    pendingOwner: ownership.pending,
    beneficiary: info.beneficiary,
    pendingBeneficiary: info.pendingBeneficiaryTerm?.beneficiary ?? null,
    beneficiaryTerm: info.beneficiaryTerm && {
      quota: info.beneficiaryTerm.quota.toString(),
      usedQuota: info.beneficiaryTerm.usedQuota.toString(),
      expiration: info.beneficiaryTerm.expiration,
    },
    pendingTerm: pendingTermOf(info),
    worker: info.worker,
    pendingWorker: info.newWorker,
    workerChangeEpoch: info.workerChangeEpoch,
    sectors,
    consensusFaultElapsed: info.consensusFaultElapsed,
    feeDebt: attoText(state.feeDebt),
    available: available.toString(),
    initialPledge: attoText(state.initialPledge),
    preCommitDeposits: attoText(state.preCommitDeposits),
    lockedFunds: attoText(state.lockedFunds),
    rawPower: power.miner.rawBytes.toString(),
    qualityPower: power.miner.qualityAdjusted.toString(),
  };
}
