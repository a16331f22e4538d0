import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import { link } from '../message';
import { encodeMiner, infoCid } from '../miner/info';
import type { MinerState } from '../miner/state';
import type { MultisigState } from '../multisig/state';
import { codeOf, type Actor } from '../vm/state';

/** The state block of an actor: a miner's fields, an account's key, nothing for the rest. */
export function actorBlock(actor: Actor): Uint8Array {
  if (actor.miner !== null) return encodeMiner(actor.miner);
  return encodeCbor(actor.robust === null ? [] : [addressToBytes(actor.robust)]);
}

export const actorHead = (actor: Actor): Cid => cidOf(actorBlock(actor));

/** StateGetActor's answer. */
export const actorJson = (actor: Actor): Record<string, unknown> => ({
  Code: link(codeOf(actor.kind)),
  Head: link(actorHead(actor)),
  Nonce: actor.nonce,
  Balance: actor.balance.toString(),
  DelegatedAddress: actor.delegated,
});

function vestingJson(miner: MinerState): Record<string, unknown> | null {
  const [first, ...rest] = miner.vesting;
  if (first === undefined) return null;
  const tail = encodeCbor(rest.map((entry) => entry.epoch));
  return { Head: { Epoch: first.epoch, Amount: first.amount.toString() }, Tail: link(cidOf(tail)) };
}

function minerStateJson(miner: MinerState): Record<string, unknown> {
  const empty = link(cidOf(encodeCbor([])));
  return {
    Info: link(infoCid(miner)),
    PreCommitDeposits: miner.preCommitDeposits.toString(),
    LockedFunds: miner.lockedFunds.toString(),
    VestingFunds: vestingJson(miner),
    FeeDebt: miner.feeDebt.toString(),
    InitialPledge: miner.initialPledge.toString(),
    PreCommittedSectors: empty,
    PreCommittedSectorsCleanUp: empty,
    AllocatedSectors: empty,
    Sectors: empty,
    ProvingPeriodStart: miner.provingPeriodStart,
    CurrentDeadline: 0,
    Deadlines: empty,
    EarlyTerminations: [0],
    DeadlineCronActive: true,
  };
}

const multisigJson = (multisig: MultisigState): Record<string, unknown> => ({
  Signers: multisig.signers.map((id) => idAddress(id)),
  NumApprovalsThreshold: multisig.threshold,
  NextTxnID: multisig.nextId,
  InitialBalance: '0',
  StartEpoch: 0,
  UnlockDuration: 0,
  PendingTxs: link(cidOf(encodeCbor([...multisig.pending.keys()]))),
});

function stateJson(actor: Actor): Record<string, unknown> {
  if (actor.miner !== null) return minerStateJson(actor.miner);
  if (actor.multisig !== null) return multisigJson(actor.multisig);
  return actor.robust === null ? {} : { Address: actor.robust };
}

/** StateReadState's answer. */
export function readStateJson(actor: Actor): Record<string, unknown> {
  return {
    Balance: actor.balance.toString(),
    Code: link(codeOf(actor.kind)),
    State: stateJson(actor),
  };
}
