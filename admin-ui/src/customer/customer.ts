/** Customers as /admin/v1/customers gives them. */

export interface Customer {
  readonly id: string;
  readonly email: string;
  readonly state: string;
  readonly depositAddress: string | null;
  readonly available?: string;
  readonly positionsValue?: string;
  readonly createdAt: string;
  readonly openedAt: string | null;
}
