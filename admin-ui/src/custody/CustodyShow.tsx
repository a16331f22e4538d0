import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { directionNames, type CustodyTransfer } from './custody';

function factsOf(row: CustodyTransfer) {
  const { approvalId, messageId } = row;
  return [
    { label: 'Amount', value: <MoneyField value={row.amount} /> },
    { label: 'The hot wallet held', value: <MoneyField value={row.hot} /> },
    { label: 'Of that was owed', value: <MoneyField value={row.owed} /> },
    { label: 'Policy', value: `custody, version ${row.policyVersion}` },
    {
      label: 'Cold address',
      value: row.coldAddress === null ? <Nothing /> : <AddressField value={row.coldAddress} />,
    },
    {
      label: 'Approval',
      value: <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId ?? ''}/show`} />,
    },
    {
      label: 'Message',
      value: <HashField value={messageId} what="message id" to={`/messages/${messageId ?? ''}/show`} />,
    },
    ...(row.detail === null ? [] : [{ label: 'Why', value: row.detail }]),
    { label: 'Begun', value: <TimeField value={row.createdAt} /> },
    { label: 'Ended', value: <TimeField value={row.closedAt} /> },
    { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
  ];
}

export function CustodyShow() {
  return (
    <ShowPage<CustodyTransfer>
      list={['/custody-transfers', 'Custody']}
      title={({ id, direction }) => `${directionNames[direction]}, number ${id}`}
      hint={({ state }) => <StateChip state={state} />}
      body={(row) => (
        <Panel title="The transfer">
          <Facts facts={factsOf(row)} />
        </Panel>
      )}
    />
  );
}
