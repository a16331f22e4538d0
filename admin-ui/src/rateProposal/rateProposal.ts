/** Proposed rates as /admin/v1/rate-proposals gives them. */
import type { RateValues } from '../rate/rate';

export interface RateProposal extends RateValues {
  readonly id: string;
  readonly poolId: string;
  readonly fromEpoch: number;
  readonly reason: string;
  readonly makerId: string;
  readonly makerEmail: string | null;
  readonly state: string;
  readonly version: number | null;
  readonly approvalId: string | null;
  readonly workflowId: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
}
