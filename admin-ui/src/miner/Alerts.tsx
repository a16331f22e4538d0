import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { CommandButton } from '../layout/CommandButton';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Alert } from './miner';
import { readAlerts } from './reads';

const tones = { open: 'bad', acknowledged: 'care', gone: 'rest' } as const;

function Acknowledge({ alert: { id, kind } }: { readonly alert: Alert }) {
  return (
    <CommandButton
      quiet
      label="Acknowledge"
      title={`Acknowledge: ${wordsOf(kind).toLowerCase()}?`}
      done="Acknowledged: the loan no longer asks for action because of it."
      run={({ reason, key }) => commands.acknowledgeAlert(id, reason, key)}
    >
      It stays here until the chain shows that it is gone.
    </CommandButton>
  );
}

function What({ alert }: { readonly alert: Alert }) {
  return (
    <>
      {alert.sentence}
      {alert.acknowledgedAt === null ? null : (
        <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
          Acknowledged <TimeField value={alert.acknowledgedAt} /> by {alert.acknowledgedRole}:{' '}
          {alert.acknowledgedReason}
        </Box>
      )}
      {alert.clearedAt === null ? null : (
        <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
          {alert.clearedWhy === 'loan-over' ? 'The loan no longer stands on the miner' : 'Gone'}
          {alert.clearedHeight === null ? null : (
            <>
              {' '}
              at epoch <EpochField value={alert.clearedHeight} />
            </>
          )}
        </Box>
      )}
    </>
  );
}

function AlertTable({ rows, empty }: { readonly rows: readonly Alert[]; readonly empty: string }) {
  const may = useMay('alert:acknowledge');
  return (
    <PlainTable
      label="Alerts"
      rows={rows}
      keyOf={({ id }) => String(id)}
      empty={empty}
      columns={[
        { label: 'State', cell: ({ state }) => <StateChip state={state} tone={tones[state]} /> },
        { label: 'What', cell: (alert) => <What alert={alert} /> },
        { label: 'Seen at', align: 'right', cell: ({ seenHeight }) => <EpochField value={seenHeight} /> },
        {
          label: 'Loan',
          cell: ({ loanId, loanNumber }) => <Link to={`/loans/${loanId}/show`}>#{loanNumber}</Link>,
        },
        {
          label: '',
          align: 'right',
          cell: (alert) => (may && alert.state === 'open' ? <Acknowledge alert={alert} /> : null),
        },
      ]}
    />
  );
}

/** The alerts of a miner. */
export function MinerAlerts({ miner }: { readonly miner: string }) {
  return (
    <Panel title="Alerts" hint="What changed under a live loan, the newest first" flush>
      <Loaded queryKey={['alerts', 'miner', miner]} read={(signal) => readAlerts({ miner }, signal)}>
        {(rows) => <AlertTable rows={rows} empty="Nothing has threatened a loan on this miner." />}
      </Loaded>
    </Panel>
  );
}

/** What threatens a loan now; nothing is drawn where all is well. */
export function LoanAlerts({ loanId }: { readonly loanId: string }) {
  const filter = { loanId, state: ['open', 'acknowledged'] };
  return (
    <Loaded queryKey={['alerts', 'loan', loanId]} read={(signal) => readAlerts(filter, signal)}>
      {(rows) =>
        rows.length === 0 ? null : (
          <Panel title="Its collateral is threatened" flush>
            <AlertTable rows={rows} empty="" />
          </Panel>
        )
      }
    </Loaded>
  );
}
