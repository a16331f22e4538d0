import type { Lotus } from '../chain/lotus';
import type { Watched } from '../db/watched';
import { addressFrom } from '../domain/address';

/** Calls to the node under way at a time. */
export const AT_ONCE = 8;

/** One of our addresses as a tipset shows it. */
export interface Holding {
  /** With its ID address, where the tipset knows one. */
  readonly watched: Watched;
  /** attoFIL at the tipset, before its own messages. */
  readonly balance: bigint;
}

/** Balances and IDs of these addresses at a tipset, a few calls at a time. */
export async function holdingsAt(
  lotus: Lotus,
  addresses: readonly Watched[],
  key: readonly string[],
): Promise<readonly Holding[]> {
  const found: Holding[] = [];
  for (let start = 0; start < addresses.length; start += AT_ONCE) {
    const some = addresses.slice(start, start + AT_ONCE);
    found.push(...(await Promise.all(some.map((watched) => holdingOf(lotus, watched, key)))));
  }
  return found;
}

async function holdingOf(lotus: Lotus, watched: Watched, key: readonly string[]): Promise<Holding> {
  const address = addressFrom(watched.address);
  const actor = await lotus.getActor(address, key);
  if (actor === null) return { watched, balance: 0n };
  const idAddress = watched.idAddress ?? (await lotus.lookupId(address, key));
  return { watched: { ...watched, idAddress }, balance: actor.balance };
}
