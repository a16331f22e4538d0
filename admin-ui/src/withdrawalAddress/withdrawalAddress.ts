/** Addresses that customers withdraw to, as /admin/v1/withdrawal-addresses gives them. */

export interface WithdrawalAddress {
  readonly id: string;
  readonly customerId: string;
  readonly customerEmail: string | null;
  readonly name: string;
  readonly given: string;
  /** As it is paid; null until the chain was looked at. */
  readonly address: string | null;
  /** What the finalised chain held there; none = nothing yet. */
  readonly actor: string | null;
  readonly state: 'asked' | 'challenged' | 'listed' | 'removed' | 'refused' | 'expired';
  readonly refusal: string | null;
  readonly reason: string | null;
  readonly removedBy: string | null;
  readonly proven: boolean;
  readonly text: string | null;
  readonly signature: string | null;
  readonly listedAt: string | null;
  readonly workflowId: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly paid: number;
  readonly usableFrom?: string | null;
}

/** Whether its cool-down is over at this moment (ms); null while it is not on a list. */
export function isUsable({ usableFrom }: WithdrawalAddress, now: number): boolean | null {
  if (usableFrom === undefined || usableFrom === null) return null;
  return Date.parse(usableFrom) <= now;
}
