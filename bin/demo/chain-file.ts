/** The chain file: all that the demo needs to act on a Filecoin network, its own devnet's or an outside Lotus node's. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { addressBytes, addressFrom, printAddress, type AddressPrefix } from '../../domain/address';

const HEX_KEY = /^[0-9a-f]{64}$/i;

const chainFileSchema = z.strictObject({
  rpc: z.url(),
  token: z.string(),
  /** Epochs behind the head that count as final; null: the node's own finalised tipset. */
  finalityEpochs: z.number().int().positive().nullable(),
  /** secp256k1 accounts that hold at least 170,000 FIL together. */
  funded: z.array(z.strictObject({ address: z.string(), privateKeyHex: z.string().regex(HEX_KEY) })).min(1),
  miner: z.strictObject({
    id: z.string(),
    ownerPrivateKeyHex: z.string().regex(HEX_KEY),
    /** BLS, little-endian as Lotus keeps it, where it is known: the demo then signs as the worker itself, else as a control address. */
    workerPrivateKeyHex: z.string().regex(HEX_KEY).optional(),
  }),
});

export type ChainFile = z.infer<typeof chainFileSchema>;

/** Reads a chain file; throws with every fault where it is not one. */
export function readChainFile(path: string): ChainFile {
  const parsed = chainFileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not a chain file:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The same file with its addresses as the node prints them: a node of either prefix takes both, the product one. */
export function spelledFor(prefix: AddressPrefix, file: ChainFile): ChainFile {
  const spell = (text: string) => printAddress(addressBytes(addressFrom(text)), prefix);
  return {
    ...file,
    funded: file.funded.map((account) => ({ ...account, address: spell(account.address) })),
    miner: { ...file.miner, id: spell(file.miner.id) },
  };
}
