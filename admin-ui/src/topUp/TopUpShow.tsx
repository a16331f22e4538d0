import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import type { TopUp } from './topUp';

export function TopUpShow() {
  return (
    <ShowPage<TopUp>
      list={['/top-ups', 'Top-ups']}
      title={({ id }) => `Top-up ${id.slice(0, 8)}`}
      hint={({ state }) => <StateChip state={state} />}
      body={(row) => (
        <Panel title="The top-up">
          <Facts
            facts={[
              { label: 'Amount', value: <MoneyField value={row.amount} /> },
              { label: 'From', value: <AddressField value={row.fromAddress} /> },
              { label: 'To the hot wallet', value: <AddressField value={row.toAddress} /> },
              { label: 'Announced by', value: row.announcedByEmail ?? row.announcedBy },
              { label: 'Announced', value: <TimeField value={row.createdAt} /> },
              { label: 'Arrived', value: <TimeField value={row.arrivedAt} /> },
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
              { label: 'Message', value: <HashField value={row.cid} what="CID" /> },
              {
                label: 'Journal',
                value: <JournalLink id={row.journalId} />,
              },
              { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
            ]}
          />
        </Panel>
      )}
    />
  );
}
