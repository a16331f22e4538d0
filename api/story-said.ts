/** What people and programs said to a workflow: its updates and signals. */
import { decodeAll, textAt, valueAt, type HistoryEvent } from '../domain/history';
import { capital, linksIn, words, type Draft, type Later } from './story-entry';

/** Updates that nobody is named in. */
export const SAID: Readonly<Record<string, string>> = {
  confirmEmail: 'The customer confirmed the email',
  submitProfile: 'The customer told who they are',
  applyForLoan: 'The borrower applied for the loan',
};

/** What the person named in an update did. */
export const DID: Readonly<Record<string, string>> = {
  forwardLoan: 'forwarded it for approval',
  repayFromMiner: "asked to repay from the miner's balance",
  extendLoan: 'asked to move the maturity',
  disburseNext: 'asked for the next disbursement',
  acknowledgeAlert: 'took note of the alert',
  liftFreeze: 'asked that the freeze be lifted',
  giveUpRedemption: 'gave up the redemption',
  cancelWithdrawal: 'cancelled the withdrawal',
  proveAddress: 'signed for the address',
  removeAddress: 'took the address off the list',
  retryNow: 'asked to try again now',
  cancelAndRelease: 'asked to cancel and release',
};

function actorIn(value: unknown): { id: string; role: string } | null {
  const id = textAt(value, 'actor', 'id');
  const role = textAt(value, 'actor', 'role');
  return id === null || role === null ? null : { id, role };
}

export function update(event: HistoryEvent, { closed }: Later): Draft {
  const request = valueAt(event.attributes, 'acceptedRequest', 'input');
  const name = textAt(request, 'name') ?? 'update';
  const [argument] = decodeAll(valueAt(request, 'args'));
  const actor = actorIn(argument);
  const decision = textAt(argument, 'decision');
  const who = actor ? `${capital(actor.role)} ${actor.id}` : 'Somebody';
  const did = decision === 'accept' ? 'accepted' : decision === 'refuse' ? 'refused' : DID[name];
  const failure = textAt(closed?.attributes, 'outcome', 'failure', 'message');
  return {
    kind: 'update',
    sentence: SAID[name] ?? (did === undefined ? `${who}: ${words(name)}` : `${who} ${did}`),
    outcome: !closed ? 'running' : failure === null ? null : 'refused',
    detail: failure ?? textAt(argument, 'reason'),
    links: linksIn(argument),
    ...(actor ? { actor } : {}),
  };
}

/** What a signal says. */
const TOLD: Readonly<Record<string, string>> = {
  look: 'Was told to look again',
  giveUp: 'Was told that what it pays was cancelled',
  pushed: 'Was told that its message is on its way',
  collateralNeeds: 'Was told how its collateral stands',
};

export function signal(event: HistoryEvent): Draft {
  const name = textAt(event.attributes, 'signalName') ?? 'signal';
  return {
    kind: 'signal',
    sentence: TOLD[name] ?? `Was told: ${words(name)}`,
  };
}
