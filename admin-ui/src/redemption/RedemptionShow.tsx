import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { Asked } from './Asked';
import type { Redemption, RedemptionFill } from './redemption';

function Fills({ rows }: { readonly rows: readonly RedemptionFill[] }) {
  return (
    <PlainTable
      label="Payments"
      rows={rows}
      keyOf={({ n }) => String(n)}
      empty="Nothing was paid yet: the pool has no idle cash for it."
      columns={[
        { label: 'When', cell: ({ at }) => <TimeField value={at} /> },
        { label: 'Epoch', align: 'right', cell: ({ epoch }) => <EpochField value={epoch} /> },
        {
          label: 'Shares burnt',
          align: 'right',
          cell: ({ shares }) => <HashField value={shares} what="shares" />,
        },
        { label: 'Paid', align: 'right', cell: ({ paid }) => <MoneyField value={paid} /> },
        { label: 'Journal', cell: ({ journalId }) => <JournalLink id={journalId} /> },
      ]}
    />
  );
}

function factsOf(row: Redemption) {
  return [
    { label: 'Asked for', value: <Asked amount={row.amount} /> },
    { label: 'Paid', value: <MoneyField value={row.paid} /> },
    {
      label: 'Position',
      value: <Link to={`/positions/${row.positionId}/show`}>{`#${row.positionId}`}</Link>,
    },
    {
      label: 'Shares, fixed when it was placed',
      value: row.shares === null ? '—' : <HashField value={row.shares} what="shares" head={14} />,
    },
    { label: 'Number in the queue', value: row.ordinal === null ? '—' : `#${row.ordinal + 1}` },
    { label: 'Placed at', value: row.placedEpoch === null ? '—' : <EpochField value={row.placedEpoch} /> },
    { label: 'Asked', value: <TimeField value={row.createdAt} /> },
    {
      label: 'Depositor',
      value: <CustomerField id={row.customerId} />,
    },
    ...(row.refusal === null ? [] : [{ label: 'Refused', value: row.refusal }]),
    ...(row.cancelReason === null ? [] : [{ label: 'Given up because', value: row.cancelReason }]),
    { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
  ];
}

export function RedemptionShow() {
  return (
    <ShowPage<Redemption>
      list={['/redemptions', 'Redemptions']}
      title={({ positionId }) => `Out of position #${positionId}`}
      hint={({ state }) => <StateChip state={state} />}
      body={(row) => (
        <>
          <Panel title="The request">
            <Facts facts={factsOf(row)} />
          </Panel>
          <Panel title="What was paid" hint="Priced by the share price of its epoch" flush>
            <Fills rows={row.fills ?? []} />
          </Panel>
        </>
      )}
    />
  );
}
