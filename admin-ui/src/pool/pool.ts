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
  /** Idle cash that lending may not touch, and its share of the deposits. */
  readonly liquidityReserve: string;
  readonly liquidityShare: string;
  readonly lendable: string;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly borrowApy: string;
  readonly depositApr: string;
  readonly depositApy: string;
  readonly lastEpoch: number;
  readonly positions?: number;
  readonly positionsValue?: string;
  readonly residue?: string;
  readonly interestEarned?: string;
  readonly reserveEarned?: string;
  readonly lossReserve?: {
    /** Of what borrowers owe. */
    readonly cover: string;
    readonly rules: {
      readonly version: number;
      readonly since: string;
      readonly order: readonly { readonly bearer: string; readonly rule: string }[];
      readonly conditions: readonly string[];
    };
  };
  readonly queue?: {
    readonly waiting: number;
    readonly placed: number;
    /** atto, at the present share price */
    readonly worth: string;
  };
  /** What a share brought over the last 7 days; null while there is nothing to compare with. */
  readonly trailing?: {
    readonly fromEpoch: number;
    readonly toEpoch: number;
    readonly growth: string;
    readonly apr: string;
  } | null;
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
  readonly borrowApy: string;
  readonly depositApr: string;
  readonly depositApy: string;
}
