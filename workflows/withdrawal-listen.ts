/** What may be said to a withdrawal: that it is cancelled, and how to help it on where it waits for a person. */
import { condition, setHandler } from '@temporalio/workflow';
import { mayDo } from '../domain/permission';
import { isOpen } from '../domain/withdrawal';
import { decide, giveUp, look, pushed, standing, type Decision, type HelpRequest } from './handles';
import { cancelWithdrawal } from './handles-withdrawal';
import { decideHelp, decidesHelp, listenForHelp, withdrawHelp, type HelpDesk } from './help';
import { passingRefusals, refuse } from './refuse';
import { ask, goesOn, ledger, reached, tell, type WithdrawalRun } from './withdrawal-run';

const WAITING: Readonly<Record<string, string>> = {
  held: 'people to approve it',
  approved: 'its message to be final',
};

/** Gives the money back unless it is signed; a message that waits for its signature is told. */
async function cancel(run: WithdrawalRun, { actor, reason }: HelpRequest): Promise<void> {
  const { withdrawalId } = run.input;
  const summary = `Cancelled by ${actor.role} ${actor.id}: the money goes back`;
  const released = { withdrawalId, state: 'cancelled', by: actor.id, reason } as const;
  reached(run, await passingRefusals(ledger.releaseWithdrawal.executeWithOptions({ summary }, [released])));
  run.rung = true;
  if (run.child !== null) await run.child.signal(giveUp, `The withdrawal was cancelled: ${reason}`);
}

/** The database ended it: its address was taken off the list. A message that waits for its signature is told. */
async function seeWhetherOver(run: WithdrawalRun): Promise<void> {
  await condition(() => run.now !== null);
  if (!goesOn(run)) return;
  const summary = 'Told to look: does it go on?';
  const now = await ledger.readWithdrawal.executeWithOptions({ summary }, [run.input.withdrawalId]);
  if (isOpen(now.state) || !goesOn(run)) return;
  reached(run, now);
  run.rung = true;
  if (now.state === 'cancelled' && run.child !== null)
    await run.child.signal(giveUp, now.reason ?? 'The withdrawal was cancelled.');
}

export const askedOf = (run: WithdrawalRun): HelpDesk['asked'] => ({
  get: () => run.asked,
  set: (asked) => {
    run.asked = asked;
  },
});

function deskOf(run: WithdrawalRun): HelpDesk {
  return {
    asked: askedOf(run),
    subjectKind: 'withdrawal',
    subjectId: run.input.withdrawalId,
    facts: () => ({
      withdrawal: run.input.withdrawalId,
      address: run.now?.address ?? null,
      amount: run.input.amount,
      state: run.now?.state ?? null,
    }),
    needs: () => run.needsAction,
    state: () => run.now?.state ?? 'asked',
    expectPossible: (verb) => {
      if (!goesOn(run)) refuse('wrong-state', `The withdrawal is ${run.now?.state ?? 'not yet set aside'}.`);
      if (run.needsAction === null) refuse('wrong-state', 'The withdrawal asks for no help.');
      if (verb === 'cancel' && run.child !== null)
        refuse('wrong-state', 'Its message is under way: ask for help there.');
    },
    // trying again only looks again; what it pays was decided before
    movesMoney: (verb) => verb === 'cancel',
    act: async (verb, request) => {
      if (verb === 'cancel') await cancel(run, request);
      else await ask(run, null);
      run.rung = true;
    },
  };
}

/** The decision on help that was asked for, where no approval of the withdrawal itself is waited for. */
export function listenForDecisions(run: WithdrawalRun): void {
  const desk = deskOf(run);
  setHandler(decide, (decision: Decision) => decideHelp(desk, decision), {
    validator: (decision: Decision) => {
      if (!decidesHelp(desk, decision)) refuse('not-found', 'This withdrawal waits for no such approval.');
    },
    description: 'Agrees or disagrees to the help that was asked for',
  });
}

/** Registers all of it; called before anything is awaited. */
export function listen(run: WithdrawalRun): void {
  setHandler(look, async () => {
    run.rung = true;
    await seeWhetherOver(run);
  });
  setHandler(pushed, async (cid) => {
    const { amount } = run.input;
    const address = run.now?.address ?? '';
    await tell(run, 'sent', { template: 'withdrawal-sent', data: { amount, address, cid } });
  });
  setHandler(standing, () => ({
    state: run.now?.state ?? 'asked',
    waitingFor: run.now === null ? null : (WAITING[run.now.state] ?? null),
    needsAction: run.needsAction,
  }));
  setHandler(
    cancelWithdrawal,
    async (request: HelpRequest) => {
      await cancel(run, request);
      await withdrawHelp(askedOf(run));
      return { state: run.now?.state ?? 'cancelled' };
    },
    {
      validator: ({ actor, reason }: HelpRequest) => {
        if (actor.id !== run.input.customerId && !mayDo(actor.role, 'withdrawal:stop')) refuse('not-allowed');
        if (reason.trim() === '') refuse('reason-required');
        if (!goesOn(run))
          refuse('wrong-state', `The withdrawal is ${run.now?.state ?? 'not yet set aside'}.`);
      },
      description: 'Cancels it before it is signed; the money goes back',
    },
  );
  listenForHelp(deskOf(run));
  listenForDecisions(run);
}
