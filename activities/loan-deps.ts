/** What a loan's activities work with. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { timeOf } from '../domain/epoch';
import { LOAN_POLICY, type LoanPolicy } from '../domain/loan';
import { attoText } from '../domain/money';

export interface LoanDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly config: {
    readonly lotus: {
      /** Absent: the node's own finalised tipset. */
      readonly finalityEpochs?: number | undefined;
      /** Highest cost of one message's gas, attoFIL. */
      readonly maxFee: bigint;
    };
    readonly waitCapSeconds: number;
    /** attoFIL. */
    readonly escrowGas: bigint;
  };
  /** Differs from the platform's policy in tests only. */
  readonly loanPolicy?: Partial<LoanPolicy>;
}

/** How this platform lends: its rules, with what configuration says. */
export function policyOf({ config, loanPolicy }: LoanDeps): LoanPolicy {
  const { escrowGas, waitCapSeconds } = config;
  return { ...LOAN_POLICY, escrowGas: attoText(escrowGas), waitCapSeconds, ...loanPolicy };
}

/** RFC 3339 time at which an epoch begins, by the node's own genesis and epoch length. */
export async function isoOf(lotus: Lotus, epoch: number): Promise<string> {
  return new Date(timeOf(epoch, await lotus.network()) * 1000).toISOString();
}
