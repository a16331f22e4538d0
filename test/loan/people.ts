/** What the people in a loan's test do: apply, forward, decide; and what they are refused. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { decide, type Decision } from '../../workflows/handles';
import { forwardLoan } from '../../workflows/handles-loan';
import type { Player } from './stage';
import { CHECKER, MAKER, type World } from './world';

type Handle = Awaited<ReturnType<Player['apply']>>;

const approvalOf = (world: World): string => {
  const asked = world.asked.find(({ what }) => what === 'openLoanApproval');
  return (asked?.input as { approval: { id: string } }).approval.id;
};

export const decision = (world: World, actor = CHECKER): Decision => ({
  approvalId: approvalOf(world),
  actor,
  decision: 'accept',
  reason: 'good',
  subjectHash: 'hash',
});

/** Leads a loan to its approval. */
export async function approve(player: Player, world: World, name: string): Promise<Handle> {
  const handle = await player.apply(name);
  await player.until(handle, 'preflight');
  await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'fine' }] });
  await handle.executeUpdate(decide, { args: [decision(world)] });
  return handle;
}

const helpApproval = (world: World): string => {
  const asked = world.asked.filter(({ what }) => what === 'requestApproval').at(-1);
  return (asked?.input as { id: string }).id;
};

/** The second person's word on the help that was asked for last. */
export const agreement = (world: World, actor = CHECKER): Decision => ({
  ...{
    approvalId: helpApproval(world),
    actor,
    decision: 'accept',
    reason: 'seen it too',
    subjectHash: 'hash',
  },
});

/** The code of the refusal that an Update met. */
export async function codeOf(update: Promise<unknown>): Promise<string | null | undefined> {
  const error: unknown = await update.then(
    () => new Error('the Update was taken'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return error.cause.type;
  throw error;
}

/** The lines of a story that begin with one of the words. */
export const only = (story: string[], ...starts: string[]): string[] =>
  story.filter((line) => starts.some((start) => line.startsWith(start)));
