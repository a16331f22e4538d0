import type { Decoder } from './decode';

/** Permissions of the API, each including those before it. */
export const PERMISSIONS = ['read', 'write', 'sign', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Who calls: what the token allows, and whether it is the control token. */
export interface Caller {
  readonly permissions: readonly string[];
  readonly control: boolean;
  /** Ends when the client hangs up. */
  readonly gone: AbortSignal;
}

export interface Method {
  readonly need: Permission | 'control';
  readonly params: readonly Decoder<unknown>[];
  readonly run: (args: readonly unknown[], caller: Caller) => unknown;
}

type Values<D extends readonly Decoder<unknown>[]> = {
  -readonly [K in keyof D]: D[K] extends Decoder<infer T> ? T : never;
};

/** Declares a method: the permission it needs, its parameters in order, and what it does. */
export function method<const D extends readonly Decoder<unknown>[]>(
  need: Permission | 'control',
  params: D,
  run: (...args: [...Values<D>, Caller]) => unknown,
): Method {
  // The decoders made the values, in order, so their types are those of the tuple.
  return {
    need,
    params,
    run: (args, caller) => run(...([...args, caller] as unknown as [...Values<D>, Caller])),
  };
}

export type Methods = Readonly<Record<string, Method>>;
