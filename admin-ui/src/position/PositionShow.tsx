import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import type { Position, PositionEvent } from './position';

function Events({ rows }: { readonly rows: readonly PositionEvent[] }) {
  return (
    <PlainTable
      label="Events"
      rows={rows}
      keyOf={({ seq }) => String(seq)}
      empty="This position has no events."
      columns={[
        { label: 'When', cell: ({ at }) => <TimeField value={at} /> },
        { label: 'Epoch', align: 'right', cell: ({ epoch }) => <EpochField value={epoch} /> },
        { label: 'What', cell: ({ kind }) => wordsOf(kind) },
        { label: 'Net principal', align: 'right', cell: ({ principal }) => <MoneyField value={principal} /> },
        {
          label: 'Journal',
          cell: ({ journalId }) => <JournalLink id={journalId} />,
        },
        { label: 'Hash of the chain', cell: ({ hash }) => <HashField value={hash} what="hash" /> },
      ]}
    />
  );
}

export function PositionShow() {
  return (
    <ShowPage<Position>
      list={['/positions', 'Positions']}
      title={({ id }) => `Position #${id}`}
      hint={({ value }) => <MoneyField value={value} copy={false} />}
      body={(row) => (
        <>
          <Panel title="The receipt">
            <Facts
              facts={[
                { label: 'Value now', value: <MoneyField value={row.value} /> },
                { label: 'Shares', value: <HashField value={row.shares} what="shares" head={14} /> },
                { label: 'Pool', value: <Link to={`/pools/${row.poolId}/show`}>{row.poolId}</Link> },
                {
                  label: 'Owner',
                  value: <CustomerField id={row.customerId} />,
                },
                { label: 'Minted at', value: <EpochField value={row.mintedEpoch} /> },
                {
                  label: 'Workflow',
                  value: <Link to={workflowPath(`subscription/${row.subscriptionId}`)}>its story</Link>,
                },
              ]}
            />
          </Panel>
          <Panel title="Its history" hint="Append-only; each entry seals the one before" flush>
            <Events rows={row.events ?? []} />
          </Panel>
        </>
      )}
    />
  );
}
