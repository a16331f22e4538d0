import type { Knex } from 'knex';
import { type Address, addressBytes, addressFrom } from '../domain/address';

export type AddressKind = 'deposit' | 'hot' | 'escrow' | 'repayment' | 'cold';

/** Whose address it is: a customer's, a loan's, the platform's. */
export interface AddressOwner {
  readonly kind: AddressKind;
  readonly ownerKind: string;
  readonly ownerId: string;
}

/** The platform's own hot wallet. */
export const HOT: AddressOwner = { kind: 'hot', ownerKind: 'platform', ownerId: 'hot' };

/** An address of ours that can sign: where its key is. */
export interface OwnAddress {
  readonly address: Address;
  readonly kind: AddressKind;
  readonly account: number;
  readonly index: number;
}

interface Row {
  readonly address: string;
  readonly kind: AddressKind;
  readonly owner_kind: string;
  readonly owner_id: string;
  readonly derivation_account: number;
  readonly derivation_index: number;
  readonly id_address: string | null;
}

/** The address of an owner, or null while it has none. */
export async function addressOf(db: Knex, owner: AddressOwner): Promise<Address | null> {
  const row = await db<Row>('chain.address')
    .where({ kind: owner.kind, owner_kind: owner.ownerKind, owner_id: owner.ownerId })
    .first('address');
  return row ? addressFrom(row.address) : null;
}

/** The address of the hot wallet; throws before the signer has started once. */
export async function hotAddress(db: Knex): Promise<Address> {
  const address = await addressOf(db, HOT);
  if (address === null) throw new Error('the hot wallet has no address yet: the signer has not started');
  return address;
}

/** Path of one of our addresses; throws where it is none of ours or only watched. */
export async function ownAddress(db: Knex, address: Address): Promise<OwnAddress> {
  const row = await db<Row>('chain.address').where({ address }).whereNotNull('derivation_index').first();
  if (!row) throw new Error(`${address} is no address that we sign for`);
  return {
    address,
    kind: row.kind,
    account: row.derivation_account,
    index: row.derivation_index,
  };
}

/** ID address of one of our addresses once the message that made it is final; null before. */
export async function idAddressOf(db: Knex, address: Address): Promise<Address | null> {
  const row = await db<Row>('chain.address').where({ address }).first('id_address');
  return row?.id_address === null || row?.id_address === undefined ? null : addressFrom(row.id_address);
}

/**
 * Gives an owner the next address of its kind: the same owner gets the same one for ever, an index is never used
 * twice. `derive` makes the address at an index; its own transaction, serialised by kind.
 */
export async function assignAddress(
  knex: Knex,
  owner: AddressOwner,
  path: { readonly account: number; readonly derive: (index: number) => Address },
): Promise<Address> {
  const known = await addressOf(knex, owner);
  if (known !== null) return known;
  return knex.transaction(async (trx) => {
    await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('chain.address/' || ?))`, [owner.kind]);
    const meanwhile = await addressOf(trx, owner);
    if (meanwhile !== null) return meanwhile;
    const last = await trx<Row>('chain.address')
      .where({ kind: owner.kind })
      .max<{ index: number | null }>({ index: 'derivation_index' })
      .first();
    const index = (last?.index ?? -1) + 1;
    const address = path.derive(index);
    await trx('chain.address').insert({
      address,
      bytes: Buffer.from(addressBytes(address)),
      kind: owner.kind,
      owner_kind: owner.ownerKind,
      owner_id: owner.ownerId,
      derivation_account: path.account,
      derivation_index: index,
    });
    return address;
  });
}

/** The extended public key of an account; null before the signer has started once. */
export async function accountXpub(db: Knex, kind: AddressKind): Promise<string | null> {
  const row = await db<{ kind: string; xpub: string }>('chain.account_xpub').where({ kind }).first('xpub');
  return row?.xpub ?? null;
}
