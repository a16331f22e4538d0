import { CommandButton } from '../layout/CommandButton';
import type { Intent } from '../layout/ReasonDialog';
import { commands } from '../providers/commands';
import { useSession } from '../providers/useSession';
import { blockedFor, type Approval } from './approval';
import { Effect } from './Effect';
import { SubjectLine } from './SubjectLine';

/** Accept and Refuse. Each names the hash of what was on the screen: a change since then is refused. */
export function DecisionButtons({ approval }: { readonly approval: Approval }) {
  const session = useSession();
  const blocked = blockedFor(approval, session);
  if (approval.state !== 'waiting' || session?.permissions.includes('approval:decide') !== true) return null;
  const decide =
    (verb: 'accept' | 'refuse') =>
    ({ reason, key }: Intent): Promise<void> =>
      commands.decideApproval(approval.id, verb, { reason, subjectHash: approval.subjectHash }, key);
  const matter = (
    <>
      <p style={{ margin: '4px 0 8px' }}>
        <SubjectLine approval={approval} />
      </p>
      <Effect approval={approval} bare />
    </>
  );
  return (
    <>
      <CommandButton
        label="Refuse"
        quiet
        tone="error"
        title="Refuse this request?"
        done="Refused and on record."
        blocked={blocked}
        run={decide('refuse')}
      >
        {matter}
      </CommandButton>
      <CommandButton
        label="Accept"
        title="Accept this request?"
        done="Accepted and on record."
        blocked={blocked}
        run={decide('accept')}
      >
        {matter}
      </CommandButton>
    </>
  );
}
