/** Deposit addresses, derived watch-only from the deposit account's extended public key. Queue `ledger`. */
import type { Knex } from 'knex';
import { ACCOUNT, watchedAddress } from '../chain/derivation';
import type { Lotus } from '../chain/lotus';
import { accountXpub, assignAddress } from '../db/address';
import type { Address } from '../domain/address';

export interface AddressDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
}

/** The address activities. */
export function makeAddressActivities({ knex, lotus }: AddressDeps) {
  return {
    /** The customer's own deposit address; the same customer gets the same one for ever. */
    assignDepositAddress: async (input: { readonly customerId: string }): Promise<{ address: Address }> => {
      const xpub = await accountXpub(knex, 'deposit');
      if (xpub === null)
        throw new Error('no extended public key of deposits yet: the signer has not started');
      const { prefix } = await lotus.network();
      const owner = { kind: 'deposit', ownerKind: 'customer', ownerId: input.customerId } as const;
      const path = {
        account: ACCOUNT.deposit,
        derive: (index: number): Address => watchedAddress(xpub, index, prefix),
      };
      return { address: await assignAddress(knex, owner, path) };
    },
  };
}
