import { bigInt, type Decoder } from '../rpc/decode';
import { BadParam } from '../rpc/failure';

/** An amount that may not be below zero; a whole JSON number is taken too, for use by hand. */
export const nonNegative: Decoder<bigint> = {
  go: '*big.Int',
  read: (value) => {
    const amount =
      typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : bigInt.read(value);
    if (amount < 0n) throw new BadParam(`amount ${amount} is negative`);
    return amount;
  },
};
