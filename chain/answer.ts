/** Shapes of a Lotus node's answers, checked where they enter; fields that we do not read are dropped. */
import { z } from 'zod';
import { address, amount, bytes, cid } from './answer-field';

/** Block CIDs in the node's order: names one tipset; an empty one means the head. */
export type TipsetKey = readonly string[];

const block = z.object({
  Miner: address,
  Parents: z.array(cid).nullable(),
  Height: z.number().int(),
  Timestamp: z.number().int(),
  ParentBaseFee: amount,
  ParentStateRoot: cid,
});

export const tipset = z
  .object({ Cids: z.array(cid), Blocks: z.array(block), Height: z.number().int() })
  .transform((raw) => {
    const first = raw.Blocks[0];
    if (first === undefined) throw new RangeError('a tipset without blocks');
    return {
      key: raw.Cids,
      height: raw.Height,
      parents: first.Parents ?? [],
      /** Unix seconds. */
      timestamp: first.Timestamp,
      /** attoFIL a unit of gas. */
      baseFee: first.ParentBaseFee,
      /** State after the parents' messages: the state that State* calls at this tipset read. */
      stateRoot: first.ParentStateRoot,
      miner: first.Miner,
    };
  });
export type Tipset = z.infer<typeof tipset>;

export const message = z
  .object({
    To: address,
    From: address,
    Nonce: z.number().int(),
    Value: amount,
    GasLimit: z.number().int(),
    GasFeeCap: amount,
    GasPremium: amount,
    Method: z.number().int(),
    Params: bytes,
  })
  .transform((raw) => ({
    to: raw.To,
    from: raw.From,
    nonce: raw.Nonce,
    value: raw.Value,
    gasLimit: raw.GasLimit,
    gasFeeCap: raw.GasFeeCap,
    gasPremium: raw.GasPremium,
    method: raw.Method,
    params: raw.Params ?? new Uint8Array(),
  }));

export const parentMessages = z
  .array(
    z.object({ Cid: cid, Message: message }).transform((raw) => ({ cid: raw.Cid, message: raw.Message })),
  )
  .nullable()
  .transform((list) => list ?? []);
export type ChainMessage = z.infer<typeof parentMessages>[number];

export const receipt = z
  .object({ ExitCode: z.number().int(), Return: bytes, GasUsed: z.number().int() })
  .transform((raw) => ({ exitCode: raw.ExitCode, returned: raw.Return, gasUsed: raw.GasUsed }));
export type Receipt = z.infer<typeof receipt>;

export const receipts = z
  .array(receipt)
  .nullable()
  .transform((list) => list ?? []);

/** `executedHeight` and `tipset` are those of the executing child, not of the including tipset. */
export const lookup = z
  .object({ Message: cid, Receipt: receipt, TipSet: z.array(cid), Height: z.number().int() })
  .transform((raw) => ({
    cid: raw.Message,
    receipt: raw.Receipt,
    tipset: raw.TipSet,
    executedHeight: raw.Height,
  }));
export type Lookup = z.infer<typeof lookup>;

export const actor = z
  .object({ Code: cid, Nonce: z.number().int(), Balance: amount, DelegatedAddress: address.nullish() })
  .transform((raw) => ({
    code: raw.Code,
    nonce: raw.Nonce,
    balance: raw.Balance,
    delegated: raw.DelegatedAddress ?? null,
  }));
export type Actor = z.infer<typeof actor>;

export const signedMessages = z
  .array(z.object({ Message: message, CID: cid.optional() }))
  .nullable()
  .transform((list) => (list ?? []).map((raw) => ({ cid: raw.CID ?? null, message: raw.Message })));
export type PendingMessage = z.infer<typeof signedMessages>[number];

/** Code CIDs of the built-in actors by kind. */
export const actorCodes = z.record(z.string(), cid);

export const version = z
  .object({ Version: z.string(), BlockDelay: z.number().int().positive() })
  .transform((raw) => ({ version: raw.Version, epochSeconds: raw.BlockDelay }));
