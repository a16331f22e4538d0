/** Customers as /admin/v1/customers gives them. */

export interface Customer {
  readonly id: string;
  readonly email: string;
  readonly state: string;
  readonly depositAddress: string | null;
  readonly available?: string;
  readonly withdrawing?: string;
  readonly positionsValue?: string;
  /** On the single record only. */
  readonly profile?: { readonly fullName: string; readonly country: string } | null;
  readonly createdAt: string;
  readonly openedAt: string | null;
}
