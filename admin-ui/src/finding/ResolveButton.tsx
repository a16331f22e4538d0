import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { WaitingApproval } from '../approval/WaitingApproval';
import { JournalLink } from '../field/JournalLink';
import { Nothing } from '../field/Nothing';
import { TimeField } from '../field/TimeField';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { BreakButton } from './BreakButton';
import type { Finding } from './finding';

function Resolved({
  finding: { approvalId, journalId, resolution, resolvedAt },
}: {
  readonly finding: Finding;
}) {
  return (
    <Box sx={{ fontSize: 13 }}>
      {resolution}{' '}
      <Link to={`/approvals/${approvalId ?? ''}/show`}>
        <TimeField value={resolvedAt} />
      </Link>
      {journalId === null ? null : (
        <>
          {' '}
          <JournalLink id={journalId} />
        </>
      )}
    </Box>
  );
}

/** What can be done about a finding, or what was. */
export function ResolveButton({ finding }: { readonly finding: Finding }) {
  const may = useMay('remedy:ask');
  const { approvalId, id, open, sentence } = finding;
  if (!open) return <Resolved finding={finding} />;
  if (approvalId !== null) return <WaitingApproval id={approvalId} />;
  if (!may) return <Nothing />;
  if (finding.kind === 'reconciliation-break') return <BreakButton finding={finding} />;
  return (
    <CommandButton
      quiet
      label="Ask to resolve"
      title="Is this finding dealt with?"
      done="Asked: somebody else has to agree before it counts as dealt with."
      run={({ reason, key }) => commands.resolveFinding(id, { reason }, key)}
    >
      {sentence}
    </CommandButton>
  );
}
