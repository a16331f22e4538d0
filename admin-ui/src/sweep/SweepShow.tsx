import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import type { Sweep } from './sweep';

const path = (resource: string, id: string): string => `/${resource}/${encodeURIComponent(id)}/show`;

function Whose({ sweep: { loanId, customerId } }: { readonly sweep: Sweep }) {
  if (loanId !== null) return <HashField value={loanId} what="loan id" to={path('loans', loanId)} />;
  return (
    <HashField
      value={customerId}
      what="customer id"
      to={customerId === null ? undefined : path('customers', customerId)}
    />
  );
}

export function SweepShow() {
  return (
    <ShowPage<Sweep>
      list={['/sweeps', 'Sweeps']}
      title={({ kind, n }) => `Sweep ${n} of a ${kind} address`}
      hint={({ state, amount }) => (
        <>
          <StateChip state={state} /> <MoneyField value={amount} copy={false} />
        </>
      )}
      body={(row) => (
        <Panel title="The sweep">
          <Facts
            columns={4}
            facts={[
              { label: 'Swept', value: <MoneyField value={row.amount} /> },
              { label: 'Gas paid', value: <MoneyField value={row.gas} /> },
              { label: 'From', value: `${wordsOf(row.kind)} address` },
              { label: 'Address', value: <AddressField value={row.address} /> },
              { label: row.loanId === null ? 'Customer' : 'Loan', value: <Whose sweep={row} /> },
              { label: 'Included at', value: <EpochField value={row.includedEpoch} /> },
              { label: 'Began', value: <TimeField value={row.createdAt} /> },
              { label: 'Ended', value: <TimeField value={row.closedAt} /> },
              {
                label: 'Message',
                value: (
                  <HashField
                    value={row.cid ?? row.messageId}
                    what="message"
                    to={row.messageId === null ? undefined : path('messages', row.messageId)}
                  />
                ),
              },
              { label: 'Journal', value: <JournalLink id={row.journalId} /> },
              { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
              {
                label: 'Asked for by',
                value: <HashField value={row.openedBy} what="step" head={20} tail={10} />,
              },
            ]}
          />
        </Panel>
      )}
    />
  );
}
