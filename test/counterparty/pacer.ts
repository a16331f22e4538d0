/** Epochs for a devnet on which a real worker follows. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Platform } from '../watch/platform';

const LEAST_PAUSE_MS = 100;

/**
 * Makes an epoch whenever the watch has come up to the head: as fast as the machine allows, and no faster. One after
 * the other stops it, for epochs made by hand.
 */
export function aPacer({ knex, devnet }: Platform) {
  let turns: Promise<unknown> = Promise.resolve();
  let open = true;
  const mine = async (n: number): Promise<void> => {
    await devnet.control('Devnet.Mine', n);
  };
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = turns.then(act);
    turns = turn.catch(() => undefined);
    return turn;
  };
  const follow = async (): Promise<void> => {
    let made = -1;
    while (open) {
      await inTurn(async () => {
        const cursor = await knex<{ head: number }>('watch.cursor').first('head');
        if (cursor === undefined || cursor.head < made) return;
        const { Height } = (await devnet.control('Devnet.Mine', 1)) as { readonly Height: number };
        made = Height;
      });
      await delay(LEAST_PAUSE_MS);
    }
  };
  const following = follow();
  return {
    byHand: <T>(act: (mine: (n: number) => Promise<void>) => Promise<T>): Promise<T> =>
      inTurn(() => act(mine)),
    stop: async (): Promise<void> => {
      open = false;
      await following;
    },
  };
}
