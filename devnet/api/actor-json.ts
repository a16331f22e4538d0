import { addressToBytes } from '../address';
import { encodeCbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import { link } from '../message';
import { encodeMiner, infoCid } from '../miner/info';
import type { MinerState } from '../miner/state';
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

/** StateReadState's answer. */
export function readStateJson(actor: Actor): Record<string, unknown> {
  const account = actor.robust === null ? {} : { Address: actor.robust };
  return {
    Balance: actor.balance.toString(),
    Code: link(codeOf(actor.kind)),
    State: actor.miner === null ? account : minerStateJson(actor.miner),
  };
}
