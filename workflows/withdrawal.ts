/**
 * Off the platform: the money is set aside at once, people are asked where the policy asks for them, then one message pays
 * it. It ends paid, or with the money back and the customer told why; nothing in between.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { WithdrawalStanding } from '../activities/withdrawal';
import { awaitApprovalUnless } from './approval';
import { SA } from './handles';
import { withdrawHelp } from './help';
import { codeIn } from './refuse';
import { askedOf, listen, listenForDecisions } from './withdrawal-listen';
import {
  clear,
  goesOn,
  idOf,
  ledger,
  reached,
  tell,
  type WithdrawalInput,
  type WithdrawalRun,
} from './withdrawal-run';
import { payOut } from './withdrawal-send';

export type { WithdrawalInput } from './withdrawal-run';

export async function withdrawal(input: WithdrawalInput): Promise<WithdrawalStanding> {
  const run: WithdrawalRun = {
    ...{ input, now: null, needsAction: null, rung: false, child: null },
    ...(input.resumed ?? { sent: 0, round: 0, asked: null }),
  };
  listen(run);
  upsertSearchAttributes([
    { key: SA.state, value: 'asked' },
    { key: SA.customerRef, value: input.customerId },
  ]);
  const begun = await begin(run);
  while (goesOn(run)) {
    if (run.now?.state === 'held' && !(await approved(run, run.now))) continue;
    await payOut(run);
    await goOnAnew(run);
  }
  await condition(allHandlersFinished);
  await withdrawHelp(askedOf(run));
  const end = run.now ?? begun;
  await tellEnd(run, end);
  return end;
}

/** In a new run where the history has grown long; nobody's Update is cut off. */
async function goOnAnew(run: WithdrawalRun): Promise<void> {
  if (!goesOn(run) || !workflowInfo().continueAsNewSuggested) return;
  await condition(allHandlersFinished);
  if (!goesOn(run)) return;
  const { sent, round, asked } = run;
  await continueAsNew<typeof withdrawal>({ ...run.input, resumed: { sent, round, asked } });
}

/** The last mail: paid, or the money is back and why. */
async function tellEnd(run: WithdrawalRun, end: WithdrawalStanding): Promise<void> {
  const { amount } = run.input;
  const { state, address, cid, reason } = end;
  if (state === 'paid' && address !== null && cid !== null)
    return tell(run, 'paid', { template: 'withdrawal-paid', data: { amount, address, cid } });
  const data = { amount, reason: reason ?? '' };
  if (state === 'refused') return tell(run, 'refused', { template: 'withdrawal-refused', data });
  return tell(run, 'returned', { template: 'withdrawal-returned', data });
}

/** The money is set aside before anything else, or it is refused. */
async function begin(run: WithdrawalRun): Promise<WithdrawalStanding> {
  const { withdrawalId, customerId, addressId, amount, resumed } = run.input;
  if (resumed !== undefined) {
    const summary = 'Go on where the run before came to';
    reached(run, await ledger.readWithdrawal.executeWithOptions({ summary }, [withdrawalId]));
  } else {
    const request = { withdrawalId, customerId, addressId, amount, workflowId: idOf(run) };
    const summary = 'Count the limits and set the money aside';
    reached(run, await ledger.placeWithdrawal.executeWithOptions({ summary }, [request]));
  }
  const { now } = run;
  if (now === null) throw new Error('a withdrawal stands nowhere');
  if (resumed === undefined && now.address !== null)
    await tell(run, 'placed', {
      template: 'withdrawal-placed',
      data: { amount, address: now.address, people: now.people },
    });
  return now;
}

/** Asks as many people as the policy does. @returns whether it may be sent; else it has ended, or is judged anew */
async function approved(run: WithdrawalRun, now: WithdrawalStanding): Promise<boolean> {
  const { withdrawalId, customerId, amount } = run.input;
  const { people, policyVersion, address, proven, approvalSeconds } = now;
  let approvalId: string | null = null;
  if (people > 0) {
    run.round += 1;
    approvalId = uuid4();
    const half = (approvalSeconds * 1000) / 2;
    const decision = await awaitApprovalUnless(
      {
        id: approvalId,
        kind: 'withdrawal',
        subjectKind: 'withdrawal',
        subjectId: withdrawalId,
        workflowId: idOf(run),
        subject: { withdrawal: withdrawalId, customer: customerId, address, amount, policyVersion, proven },
        makerId: customerId,
        quorum: people,
        summary: people === 1 ? 'Ask a person to approve it' : 'Ask two different people to approve it',
        remindAfterMs: half,
        expireAfterMs: half,
      },
      () => !goesOn(run),
    );
    listenForDecisions(run);
    if (decision === 'overtaken') return false;
    if (decision !== 'accepted') return turnDown(run, decision);
  }
  await clear(
    run,
    approvalId === null ? 'Nobody need be asked: let it go' : 'Approved: let it go',
    approvalId,
  );
  const cleared = run.now?.state === 'approved';
  if (cleared && address !== null && approvalId !== null)
    await tell(run, `approved-${run.round}`, { template: 'withdrawal-approved', data: { amount, address } });
  return cleared;
}

async function turnDown(run: WithdrawalRun, decision: 'refused' | 'expired'): Promise<false> {
  const refused = decision === 'refused';
  const released = {
    withdrawalId: run.input.withdrawalId,
    state: refused ? 'declined' : 'expired',
    reason: refused ? 'Our review decided against it.' : 'Nobody decided on it in time.',
  } as const;
  const summary = `${released.reason} The money goes back`;
  try {
    reached(run, await ledger.releaseWithdrawal.executeWithOptions({ summary }, [released]));
  } catch (error) {
    if (codeIn(error) !== 'wrong-state') throw error;
    // Cancelled a moment before, or its address taken off the list.
    const seen = { summary: 'It ended otherwise: see how' };
    reached(run, await ledger.readWithdrawal.executeWithOptions(seen, [released.withdrawalId]));
  }
  return false;
}
