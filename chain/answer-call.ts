/** Shapes of StateCall, StateReplay and StateCompute: one execution with its trace. */
import { z } from 'zod';
import type { Address } from '../domain/address';
import { address, amount, bytes, cid } from './answer-field';

/** One send in an execution, with the sends it made, in order. */
export interface Trace {
  readonly from: Address;
  readonly to: Address;
  /** attoFIL. */
  readonly value: bigint;
  readonly method: number;
  readonly exitCode: number;
  readonly subcalls: readonly Trace[];
}

const trace: z.ZodType<Trace> = z.lazy(() =>
  z
    .object({
      Msg: z.object({ From: address, To: address, Value: amount, Method: z.number() }),
      MsgRct: z.object({ ExitCode: z.number().int() }),
      Subcalls: z.array(trace).nullish(),
    })
    .transform((raw) => ({
      from: raw.Msg.From,
      to: raw.Msg.To,
      value: raw.Msg.Value,
      method: raw.Msg.Method,
      exitCode: raw.MsgRct.ExitCode,
      subcalls: raw.Subcalls ?? [],
    })),
);

export const invocation = z
  .object({
    MsgCid: cid,
    MsgRct: z.object({ ExitCode: z.number().int(), Return: bytes, GasUsed: z.number().int() }),
    GasCost: z.object({ TotalCost: amount }),
    ExecutionTrace: trace,
    Error: z.string(),
  })
  .transform((raw) => ({
    cid: raw.MsgCid,
    exitCode: raw.MsgRct.ExitCode,
    returned: raw.MsgRct.Return,
    gasUsed: raw.MsgRct.GasUsed,
    /** attoFIL that the sender paid for gas; 0 for StateCall. */
    totalCost: raw.GasCost.TotalCost,
    trace: raw.ExecutionTrace,
    /** The actor's words; '' on success. */
    error: raw.Error,
  }));
export type Invocation = z.infer<typeof invocation>;

export const computed = z
  .object({ Trace: z.array(invocation).nullable() })
  .transform((raw) => raw.Trace ?? []);
