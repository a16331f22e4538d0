import { WaitingApproval } from '../approval/WaitingApproval';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { whatOf, type Freeze } from './freeze';

/** Asks that a freeze be lifted; while somebody's asking waits, the way to it. */
export function LiftButton({ freeze }: { readonly freeze: Freeze }) {
  const may = useMay('freeze:lift');
  const { approvalId, id, reason, standing } = freeze;
  if (!standing) return null;
  if (approvalId !== null) return <WaitingApproval id={approvalId} />;
  if (!may) return null;
  return (
    <CommandButton
      quiet
      label="Ask to lift"
      title={`Lift the freeze: ${whatOf(freeze)}?`}
      done="Asked: somebody else has to agree before anything is signed again."
      run={(intent) => commands.liftFreeze(id, intent.reason, intent.key)}
    >
      It was frozen because: {reason}
    </CommandButton>
  );
}
