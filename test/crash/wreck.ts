/** What a kill left behind, read before anything is started again: it shows that the process died at the point it names. */
import { addressFrom } from '../../domain/address';
import { messageOf, type Point, type Scene } from './points';

/** Of the loan and of the message that the point is about. */
export interface Wreck {
  /** As recorded in the database. */
  readonly loan: string;
  readonly committed: boolean;
  /** State of the message; null before there is one. */
  readonly message: string | null;
  readonly attempts: number;
  /** Attempts that the node's mempool holds. */
  readonly inMempool: number;
  /** Whether the chain has executed the message for good. */
  readonly executedForGood: boolean;
  /** Whether the message is in the books. */
  readonly booked: boolean;
  /** Whether the miner's owner on chain is the escrow, and whether another is proposed there. */
  readonly ownerIsEscrow: boolean;
  readonly ownerProposed: boolean;
}

interface MessageRow {
  readonly id: string;
  readonly state: string;
  readonly executed_epoch: number | null;
}

/** Reads it; the chain may go on meanwhile, the product may not. */
export async function wreckOf(scene: Scene, point: Point): Promise<Wreck> {
  const { product, cast, borrower } = scene;
  const { knex, lotus } = product;
  const id = messageOf(scene, point.message);
  const [loan, message, attempts, pending, journals, finalised] = await Promise.all([
    cast.row(borrower),
    knex<MessageRow>('chain.message').where({ id }).first(),
    knex<{ message_id: string; cid_signed: string }>('chain.attempt').where({ message_id: id }),
    lotus.mpoolPending(),
    knex<{ key: string }>('ledger.journal').where({ key: `message/${id}/gas` }),
    lotus.finalizedTipset({ finalityEpochs: null }),
  ]);
  const owner = await lotus.minerPendingOwner(borrower.miner, []);
  const held = new Set(pending.map(({ cid }) => cid));
  const executed = message?.executed_epoch ?? null;
  const escrow = loan.escrow_id_address;
  return {
    loan: loan.state,
    committed: loan.committed,
    message: message?.state ?? null,
    attempts: attempts.length,
    inMempool: attempts.filter(({ cid_signed: cid }) => held.has(cid)).length,
    executedForGood: executed !== null && finalised !== null && executed <= finalised.height,
    booked: journals.length > 0,
    ownerIsEscrow: escrow !== null && owner.owner === addressFrom(escrow),
    ownerProposed: owner.pending !== null,
  };
}
