import { CommandButton } from '../layout/CommandButton';
import type { Intent } from '../layout/ReasonDialog';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Workflow } from './workflow';

/** For a workflow that asked for help: try again, or give up what has not been signed; a stopped one goes on. One whose
 * code fails can take neither. */
export function HelpButtons({
  workflow: { id, needsAction, status, stopped = false, failing = false },
}: {
  readonly workflow: Workflow;
}) {
  const may = useMay('workflow:help');
  if (!may || !(stopped || (needsAction && !failing && status === 'Running'))) return null;
  const help =
    (verb: 'retry' | 'cancel') =>
    ({ reason, key }: Intent): Promise<void> =>
      commands.helpWorkflow(id, verb, reason, key);
  if (stopped) {
    return (
      <CommandButton
        label="Set going again"
        title="Set it going again?"
        done="It goes on from where it was stopped."
        run={help('retry')}
      >
        It goes on with all that it knew. What it had under way is done again, once in its effect; whatever
        waits for an approval still does.
      </CommandButton>
    );
  }
  return (
    <>
      <CommandButton
        quiet
        tone="error"
        label="Cancel and release"
        title="Cancel and release?"
        done="Cancelled; or, where money moves, asked: another person decides under Approvals."
        run={help('cancel')}
      >
        Only possible before anything was signed; what was set aside is free again. Where money moves, another
        person has to agree.
      </CommandButton>
      <CommandButton
        label="Retry now"
        title="Try the stuck step again?"
        done="Tried again; or, where money moves, asked: another person decides under Approvals."
        run={help('retry')}
      >
        Where money moves, another person has to agree.
      </CommandButton>
    </>
  );
}
