/** What may be said to withdrawals and to the addresses they go to. Free of side effects: the API imports it too. */
import { defineUpdate } from '@temporalio/workflow';
import type { Actor, HelpRequest } from './handles';

/** The customer, or staff, cancels it before it is signed; the money is back at once. */
export const cancelWithdrawal = defineUpdate<{ state: string }, [HelpRequest]>('cancelWithdrawal');

export interface ProofInput {
  readonly actor: Actor;
  /** Hex, as `lotus wallet sign` prints it. */
  readonly signature: string;
}

/** The customer's signature of the text, by the key of the address. */
export const proveAddress = defineUpdate<{ state: string }, [ProofInput]>('proveAddress');

/** The customer, or staff, takes it off the list: nothing leaves to it any more. */
export const removeAddress = defineUpdate<{ state: string }, [HelpRequest]>('removeAddress');
