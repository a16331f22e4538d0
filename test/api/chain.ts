/** What the API finds of a chain that nobody watches: a deposit account, and how far the watch came. */
import { randomBytes } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import type { Knex } from 'knex';

export const CLOCK = 100;

/** What stands behind the deposit account: any extended public key. */
export async function prepareChain(knex: Knex, owner: Knex): Promise<void> {
  const root = HDKey.fromMasterSeed(randomBytes(32)).derive("m/44'/461'/0'");
  await owner('chain.account_xpub').insert({ kind: 'deposit', xpub: root.publicExtendedKey });
  await knex('watch.cursor').insert({
    clock: CLOCK,
    executed: CLOCK + 1,
    executed_key: 'b',
    head: CLOCK + 1,
    head_key: 'b',
    began: 0,
  });
}
