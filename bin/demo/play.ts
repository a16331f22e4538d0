/** What every scene of the demo has at hand. */
import type { Lotus } from '../../chain/lotus';
import type { ChainFile } from './chain-file';
import type { Session } from './http';
import type { Report } from './report';
import type { Waiter } from './wait';

/** Runs one SELECT against the product's database; for looking at the books, never for changing them. */
export type Query = (sql: string, params?: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

export interface Staff {
  readonly maker: Session;
  readonly checker: Session;
  readonly treasurer: Session;
  readonly auditor: Session;
  readonly admin: Session;
}

/** A person decides an approval: through the API, or through the admin UI in a browser (test/ui). */
export type Decide = (approvalId: string, verdict: 'accept' | 'refuse', reason: string) => Promise<void>;

export interface Play {
  readonly baseUrl: string;
  readonly report: Report;
  readonly waiter: Waiter;
  readonly chain: ChainFile;
  readonly lotus: Lotus;
  readonly query: Query;
  readonly staff: Staff;
  readonly decideLoan: Decide;
}

/** One customer as the demo plays them. */
export interface Customer {
  readonly name: string;
  readonly email: string;
  readonly id: string;
  readonly session: Session;
  readonly depositAddress: string;
}
