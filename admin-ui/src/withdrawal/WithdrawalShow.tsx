import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { exactAmount } from '../field/amount';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { CancelButton } from './CancelButton';
import { LimitBars } from './LimitBars';
import { peopleOf, type Withdrawal, type WithdrawalApproval } from './withdrawal';

function Approvals({ rows }: { readonly rows: readonly WithdrawalApproval[] }) {
  return (
    <PlainTable
      label="Approvals"
      rows={rows}
      keyOf={({ id }) => id}
      empty="Nobody was asked: it is within the automatic threshold, or was refused before."
      columns={[
        { label: 'Asked', cell: ({ createdAt }) => <TimeField value={createdAt} /> },
        { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
        { label: 'Accepted', align: 'right', cell: ({ accepted, quorum }) => `${accepted} of ${quorum}` },
        { label: 'Policy', align: 'right', cell: ({ policyVersion }) => `version ${policyVersion}` },
        {
          label: 'Approval',
          cell: ({ id }) => <HashField value={id} what="approval id" to={`/approvals/${id}/show`} />,
        },
      ]}
    />
  );
}

function endOf({ refusal, reason, closedAt, closedBy }: Withdrawal) {
  return [
    ...(refusal === null ? [] : [{ label: 'Refused', value: refusal }]),
    ...(reason === null ? [] : [{ label: 'Why it was not paid', value: reason }]),
    ...(closedBy === null ? [] : [{ label: 'Cancelled by', value: closedBy }]),
    ...(closedAt === null ? [] : [{ label: 'Closed', value: <TimeField value={closedAt} /> }]),
  ];
}

function messageOf({ messageId, messageCid }: Withdrawal) {
  if (messageId === null) return '—';
  const to = `/messages/${encodeURIComponent(messageId)}/show`;
  return messageCid === null ? (
    <Link to={to}>drafted or on its way</Link>
  ) : (
    <HashField value={messageCid} what="message CID" to={to} />
  );
}

function factsOf(row: Withdrawal) {
  return [
    { label: 'Amount', value: <MoneyField value={row.amount} /> },
    {
      label: 'To',
      value: (
        <HashField
          value={row.address}
          what="address"
          to={`/withdrawal-addresses/${row.addressId}/show`}
          head={14}
        />
      ),
    },
    {
      label: 'Address',
      value: (
        <>
          {row.addressName ?? '—'}{' '}
          <StateChip
            state={row.proven ? 'proven' : 'unproven'}
            tone={row.proven ? 'good' : 'care'}
            label={row.proven ? 'Signed for by its key' : 'Nobody could sign for it'}
          />
        </>
      ),
    },
    { label: 'Must approve', value: peopleOf(row) },
    { label: 'Message', value: messageOf(row) },
    { label: 'Asked', value: <TimeField value={row.createdAt} /> },
    {
      label: 'Customer',
      value: <CustomerField id={row.customerId} />,
    },
    ...endOf(row),
    { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story, and help for it</Link> },
  ];
}

export function WithdrawalShow() {
  return (
    <ShowPage<Withdrawal>
      list={['/withdrawals', 'Withdrawals']}
      title={({ amount }) => `${exactAmount(amount)} FIL off the platform`}
      hint={({ state }) => <StateChip state={state} />}
      side={(row) => <CancelButton withdrawal={row} />}
      body={(row) => (
        <>
          {row.needsAction === null ? null : (
            <Panel title="It waits for a person">
              <StateChip state="waiting" tone="care" label={row.needsAction} />
            </Panel>
          )}
          <Panel title="The withdrawal">
            <Facts facts={factsOf(row)} />
          </Panel>
          <Panel title="Approvals" hint="What people accept is this address, this amount, this policy" flush>
            <Approvals rows={row.approvals ?? []} />
          </Panel>
          <Panel title="Limits now" hint="Held, on the way and paid; what came back does not count">
            <LimitBars limits={row.limits ?? []} amount={row.amount} />
          </Panel>
        </>
      )}
    />
  );
}
