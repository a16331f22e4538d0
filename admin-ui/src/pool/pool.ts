/** Pools as /admin/v1/pools gives them: amounts in atto as text, ratios and rates in ray as text. */

export interface Pool {
  readonly id: string;
  readonly kind: string;
  readonly cash: string;
  readonly committed: string;
  readonly debt: string;
  /** Belongs to the depositors. */
  readonly claim: string;
  readonly reserve: string;
  readonly shares: string;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
  readonly lastEpoch: number;
  readonly positions?: number;
  readonly positionsValue?: string;
  readonly residue?: string;
  readonly interestEarned?: string;
  readonly reserveEarned?: string;
}

export interface PoolPoint {
  readonly epoch: number;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
}

export interface CurvePoint {
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
}
