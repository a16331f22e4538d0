import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { ZeroCheck } from '../trialBalance/ZeroCheck';
import { workflowPath } from '../workflow/workflow';
import type { Journal } from './journal';
import { Postings } from './Postings';

function Body({ journal }: { readonly journal: Journal }) {
  const { approvalId, reversesId } = journal;
  return (
    <>
      <Panel title="Postings" hint="Debits equal credits" flush>
        <Postings rows={journal.postings ?? []} unit={journal.asset} />
      </Panel>
      <Panel title="On record">
        <Facts
          facts={[
            { label: 'Effective at', value: <EpochField value={journal.effectiveEpoch} /> },
            { label: 'Executed at', value: <EpochField value={journal.executedEpoch} /> },
            { label: 'Booked at chain head', value: <EpochField value={journal.bookedEpoch} /> },
            { label: 'Booked', value: <TimeField value={journal.bookedAt} /> },
            {
              label: 'Workflow',
              value: <Link to={workflowPath(journal.workflowId)}>{journal.workflowId}</Link>,
            },
            { label: 'Message', value: <HashField value={journal.messageCid} what="CID" /> },
            {
              label: 'Approval',
              value:
                approvalId === null ? (
                  <Nothing />
                ) : (
                  <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId}/show`} />
                ),
            },
            {
              label: 'Reverses',
              value:
                reversesId === null ? (
                  <Nothing />
                ) : (
                  <Link to={`/journals/${reversesId}/show`}>{reversesId}</Link>
                ),
            },
            {
              label: 'Idempotency key',
              value: <HashField value={journal.key} what="key" head={28} tail={8} />,
            },
          ]}
        />
      </Panel>
    </>
  );
}

export function JournalShow() {
  return (
    <ShowPage<Journal>
      list={['/journals', 'Journals']}
      title={({ id, kind }) => `Journal ${id}: ${wordsOf(kind).toLowerCase()}`}
      side={() => <ZeroCheck />}
      body={(journal) => <Body journal={journal} />}
    />
  );
}
