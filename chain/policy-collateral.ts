/**
 * What the signer sees for itself before FIL is lent: the miner is owned by the loan's escrow, and pays out to nobody
 * else. An approval says that people wanted the loan; only the chain says that its security is here.
 */
import type { Knex } from 'knex';
import type { StoredMessage } from '../db/message';
import { addressFrom, type Address } from '../domain/address';
import { RefusalError } from '../domain/refusal';
import type { Lotus, TipsetKey } from './lotus';

/** ID addresses at the head, read before any row is locked. */
export interface CollateralSight {
  readonly escrow: Address | null;
  readonly owner: Address;
  readonly beneficiary: Address;
}

interface Lending {
  readonly miner: string;
  readonly escrow_address: string | null;
}

async function lendingOf(db: Knex, { subjectKind, subjectId }: StoredMessage): Promise<Lending | undefined> {
  if (subjectKind !== 'loan') return undefined;
  return db('loan').where({ id: subjectId }).first<Lending | undefined>('miner', 'escrow_address');
}

/** The miner that is lent to; null for another kind of message, or one that names no loan with this miner. */
export async function lookAtCollateral(
  knex: Knex,
  lotus: Lotus,
  message: StoredMessage,
  head: TipsetKey,
): Promise<CollateralSight | null> {
  if (message.kind !== 'disburse') return null;
  const loan = await lendingOf(knex, message);
  if (loan === undefined || loan.escrow_address === null || loan.miner !== message.to) return null;
  const [escrow, { owner, beneficiary }] = await Promise.all([
    lotus.lookupId(addressFrom(loan.escrow_address), head),
    lotus.minerInfo(message.to, head),
  ]);
  return { escrow, owner, beneficiary };
}

/**
 * @param sight from `lookAtCollateral`
 * @throws RefusalError approval-missing, owner-changed, beneficiary-foreign
 */
export function checkCollateral({ kind, to }: StoredMessage, sight: CollateralSight | null): void {
  if (kind !== 'disburse') return;
  if (sight === null) throw new RefusalError('approval-missing', `No loan with an escrow is given to ${to}.`);
  const { escrow, owner, beneficiary } = sight;
  if (owner !== escrow)
    throw new RefusalError('owner-changed', `${to} is owned by ${owner}, not by the loan's escrow.`);
  if (beneficiary !== owner)
    throw new RefusalError(
      'beneficiary-foreign',
      `${to} pays out to ${beneficiary}, not to the loan's escrow.`,
    );
}
