/** FIL of nobody that is to be a customer's. */

/** What one of staff asks for, and another decides on. */
export interface AssignmentRequest {
  readonly id: string;
  /** The arrival: message CID and place in its trace. */
  readonly cid: string;
  readonly index: number;
  readonly customerId: string;
  readonly reason: string;
}
