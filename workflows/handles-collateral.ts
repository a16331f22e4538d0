/** What may be said to the watch over the collateral, and what it says to loans. Free of side effects. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HelpRequest } from './handles';

export interface AlertRequest extends HelpRequest {
  readonly alertId: number;
}

export interface AlertSeen {
  readonly alertId: number;
  readonly loanId: string;
}

/** A person of staff has seen an alert; the loan stops asking for action because of it. */
export const acknowledgeAlert = defineUpdate<AlertSeen, [AlertRequest]>('acknowledgeAlert');

/** To a loan: what threatens its collateral and nobody has acknowledged; null when nothing does. */
export const collateralNeeds = defineSignal<[string | null]>('collateralNeeds');
