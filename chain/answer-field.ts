/** Fields that answers of a Lotus node are made of. */
import { z } from 'zod';
import { type Address, addressFrom } from '../domain/address';

/** A CID link {"/": …} as its text. */
export const cid = z.object({ '/': z.string() }).transform((link) => link['/']);

export const address = z.string().transform((text): Address => addressFrom(text));

/** attoFIL in decimal text; negative where a miner is in fee debt. */
export const amount = z
  .string()
  .regex(/^-?[0-9]+$/)
  .transform((text) => BigInt(text));

/** Base64, or null where there are none. */
export const bytes = z
  .string()
  .nullish()
  .transform((text) =>
    text === null || text === undefined ? null : Uint8Array.from(Buffer.from(text, 'base64')),
  );
