/** Exit codes of messages and their Go names (go-state-types/exitcode). */
export const EXIT = {
  ok: 0,
  invalidReceiver: 5,
  insufficientFunds: 6,
  outOfGas: 7,
  assertion: 24,
  illegalArgument: 16,
  notFound: 17,
  forbidden: 18,
  userInsufficientFunds: 19,
  illegalState: 20,
  serialization: 21,
  unhandled: 22,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  0: 'Ok',
  1: 'SysErrSenderInvalid',
  2: 'SysErrSenderStateInvalid',
  4: 'SysErrIllegalInstruction',
  5: 'SysErrInvalidReceiver',
  6: 'SysErrInsufficientFunds',
  7: 'SysErrOutOfGas',
  9: 'SysErrIllegalActor',
  10: 'SysErrIllegalArgument',
  11: 'SysErrMissingReturn',
  12: 'SysErrReserved1',
  16: 'ErrIllegalArgument',
  17: 'ErrNotFound',
  18: 'ErrForbidden',
  19: 'ErrInsufficientFunds',
  20: 'ErrIllegalState',
  21: 'ErrSerialization',
  22: 'ErrUnhandledMessage',
  23: 'ErrUnspecified',
  24: 'ErrAssertionFailed',
  25: 'ErrReadOnly',
  26: 'ErrNotPayable',
};

/** As Go prints an exit code: `ErrForbidden(18)`, an unknown one as its number. */
export const exitName = (code: number): string => {
  const name = NAMES[code];
  return name === undefined ? String(code) : `${name}(${code})`;
};

/** An actor's refusal: its exit code and the text that lands in the backtrace. */
export class Abort extends Error {
  readonly exit: number;
  constructor(exit: number, message: string) {
    super(message);
    this.name = 'Abort';
    this.exit = exit;
  }
}

/** The VM could not dispatch a send at all: no receiver, or no funds. */
export class Undeliverable extends Error {
  readonly exit: number;
  constructor(exit: number, message: string) {
    super(message);
    this.name = 'Undeliverable';
    this.exit = exit;
  }
}

/** Gas ran out; stops the whole message. */
export class OutOfGas extends Error {
  constructor() {
    super('out of gas');
    this.name = 'OutOfGas';
  }
}
