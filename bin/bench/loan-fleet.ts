/** Many loans at once on one stack: the pool is filled for all of them but one. */
import { coins } from '../../domain/money';
import { waitFor } from '../../stack/wait';
import { openBank, type Bank } from './loan-bank';
import { openBoard } from './loan-board';
import { fillPool, topUp } from './loan-pool';
import { LENT, playLoan, prepare, prepareOwner, type Ended, type Ready } from './loan-play';
import type { Site } from './loan-site';

const CATCH_UP_MS = 30 * 60_000;

export interface Fleet {
  readonly bank: Bank;
  readonly borrowers: readonly Ready[];
}

/** Cash for `n` loans, and borrowers with a miner each for one more. */
export async function prepareFleet(site: Site, n: number): Promise<Fleet> {
  const each = LENT + coins(20n);
  const bank = await openBank(site, (BigInt(n + 2) * each * 110n) / 100n + coins(100n));
  await topUp(site, bank, coins(20n) + BigInt(n));
  // what the liquidity reserve keeps idle comes on top
  await fillPool(site, bank, ((BigInt(n) * LENT + LENT / 2n) * 100n) / 95n + 1n);
  const owners = await Promise.all(Array.from({ length: n + 1 }, () => prepareOwner(site, bank)));
  const borrowers: Ready[] = [];
  // miners are made one after the other by the devnet's faucet
  for (const [i, owner] of owners.entries()) borrowers.push(await prepare(site, owner, i));
  await untilHeadMoves(site);
  return { bank, borrowers };
}

/** Every miner made puts the devnet ahead of the clock; its head stands, and nothing is signed, until time has caught up. */
async function untilHeadMoves({ lotus }: Site): Promise<void> {
  const { height } = await lotus.chainHead();
  await waitFor(async () => ((await lotus.chainHead()).height > height ? true : undefined), {
    what: 'the clock to catch up with the devnet',
    timeoutMs: CATCH_UP_MS,
    everyMs: 500,
  });
}

/** Plays all of them together. @throws where one cannot go on */
export async function playFleet(site: Site, { bank, borrowers }: Fleet): Promise<readonly Ended[]> {
  const board = openBoard(site.owner);
  try {
    return await Promise.all(borrowers.map((ready) => playLoan(site, bank, board, ready)));
  } finally {
    await board.close();
  }
}
