import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { causeOf, stops, whatOf, type Freeze } from './freeze';
import { LiftButton } from './LiftButton';

function factsOf(row: Freeze) {
  return [
    { label: 'Because', value: row.reason },
    { label: 'What it stops', value: stops[row.scope] },
    { label: 'By', value: causeOf(row) },
    { label: 'Frozen', value: <TimeField value={row.frozenAt} /> },
    ...(row.customerId === null
      ? []
      : [
          {
            label: 'Customer',
            value: <CustomerField id={row.customerId} />,
          },
        ]),
    ...(row.standing
      ? [{ label: 'Messages waiting', value: row.waiting }]
      : [
          { label: 'Lifted', value: <TimeField value={row.liftedAt} /> },
          { label: 'Lifted because', value: row.liftReason ?? '—' },
          {
            label: 'Approval',
            value: (
              <HashField
                value={row.approvalId}
                what="approval id"
                to={`/approvals/${row.approvalId ?? ''}/show`}
              />
            ),
          },
        ]),
    { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
  ];
}

export function FreezeShow() {
  return (
    <ShowPage<Freeze>
      list={['/freezes', 'Freezes']}
      title={whatOf}
      hint={({ standing }) => (
        <StateChip state={standing ? 'frozen' : 'lifted'} tone={standing ? 'bad' : 'good'} />
      )}
      side={(row) => <LiftButton freeze={row} />}
      body={(row) => (
        <Panel title="The freeze">
          <Facts facts={factsOf(row)} />
        </Panel>
      )}
    />
  );
}
