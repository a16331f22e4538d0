import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { PlainTable } from '../layout/PlainTable';
import type { LoanStep } from './loan';

function Links({ step }: { readonly step: LoanStep }) {
  const { messageId, journalId } = step;
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 1.5, whiteSpace: 'nowrap' }}>
      {messageId === null ? null : (
        <Link to={`/messages/${encodeURIComponent(messageId)}/show`}>message</Link>
      )}
      {journalId === null ? null : <Link to={`/journals/${journalId}/show`}>journal {journalId}</Link>}
    </Box>
  );
}

function actorOf({ actorId, actorRole }: LoanStep): string {
  if (actorId === null) return 'the workflow';
  return actorRole === null ? actorId : `${actorRole} ${actorId.slice(0, 8)}`;
}

/** Every step of the loan: when, who, which message, which journal. */
export function LoanSteps({ steps }: { readonly steps: readonly LoanStep[] }) {
  return (
    <PlainTable
      label="Steps of the loan"
      rows={steps}
      keyOf={({ seq }) => String(seq)}
      empty="No step is on record yet."
      columns={[
        { label: 'When', cell: ({ at }) => <TimeField value={at} /> },
        { label: 'Epoch', align: 'right', cell: ({ epoch }) => <EpochField value={epoch} /> },
        { label: 'What happened', cell: ({ sentence }) => sentence },
        { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
        { label: 'Who', cell: (step) => <span style={{ whiteSpace: 'nowrap' }}>{actorOf(step)}</span> },
        { label: 'Evidence', cell: (step) => <Links step={step} /> },
      ]}
    />
  );
}
