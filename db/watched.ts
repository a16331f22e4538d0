import type { Knex } from 'knex';
import { atto, type Atto } from '../domain/money';
import type { AccountRef } from '../domain/posting';

export type AddressKind = 'deposit' | 'hot' | 'escrow' | 'repayment' | 'cold';

/** An address of ours. */
export interface Watched {
  readonly address: string;
  readonly kind: AddressKind;
  readonly ownerKind: string | null;
  readonly ownerId: string | null;
  /** Its ID address once that is final. */
  readonly idAddress: string | null;
}

interface AddressRow {
  readonly address: string;
  readonly kind: AddressKind;
  readonly owner_kind: string | null;
  readonly owner_id: string | null;
  readonly id_address: string | null;
}

/** Our addresses, found by any of their spellings on chain. */
export interface WatchList {
  readonly all: readonly Watched[];
  readonly find: (address: string) => Watched | null;
}

/**
 * All addresses of the platform at this moment. Lookup ignores the network letter: payload and protocol are the
 * identity, and the same account may be named by its key or its ID.
 */
export async function watchList(db: Knex): Promise<WatchList> {
  const rows = await db<AddressRow>('chain.address').orderBy('address');
  const all = rows.map((row) => ({
    address: row.address,
    kind: row.kind,
    ownerKind: row.owner_kind,
    ownerId: row.owner_id,
    idAddress: row.id_address,
  }));
  return listOf(all);
}

/** A watch list of these addresses. */
export function listOf(all: readonly Watched[]): WatchList {
  const byIdentity = new Map<string, Watched>();
  for (const one of all) {
    byIdentity.set(one.address.slice(1), one);
    if (one.idAddress !== null) byIdentity.set(one.idAddress.slice(1), one);
  }
  return { all, find: (address) => byIdentity.get(address.slice(1)) ?? null };
}

/** Keeps the ID address of one of our addresses; called with what a final tipset says. */
export async function keepId(trx: Knex.Transaction, address: string, idAddress: string): Promise<void> {
  await trx<AddressRow>('chain.address').where({ address }).update({ id_address: idAddress });
}

/** The custody account of an address. */
export function custodyOf(watched: Watched): AccountRef {
  return { code: `custody.${watched.kind}`, owner: watched.address };
}

/** What the books hold at each address of ours, attoFIL; an address without an account holds 0. */
export async function custodyBalances(db: Knex): Promise<ReadonlyMap<string, Atto>> {
  const result = await db.raw<{ rows: { owner: string; balance: string }[] }>(`
    SELECT a.owner, sum(b.debits_posted - b.credits_posted)::numeric(39,0) AS balance
    FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
    WHERE a.code LIKE 'custody.%' GROUP BY a.owner`);
  return new Map(result.rows.map((row) => [row.owner, atto(BigInt(row.balance))]));
}
