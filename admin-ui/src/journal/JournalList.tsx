import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { ZeroCheck } from '../trialBalance/ZeroCheck';
import { amountOf, type Journal } from './journal';

export function JournalList() {
  return (
    <ListPage
      title="Journals"
      hint="Written once, never changed; corrections are reversing journals."
      sort={{ field: 'id', order: 'DESC' }}
      side={<ZeroCheck />}
    >
      <Rows<Journal> empty="Nothing has been booked yet.">
        <DataTable.Col<Journal> source="id" label="No." />
        <DataTable.Col<Journal>
          source="bookedAt"
          label="Booked"
          disableSort
          render={({ bookedAt }) => <TimeField value={bookedAt} />}
        />
        <DataTable.Col<Journal> source="kind" label="Kind" disableSort render={({ kind }) => wordsOf(kind)} />
        <DataTable.Col<Journal>
          source="postings"
          label="Amount"
          align="right"
          disableSort
          render={(row) => <MoneyField value={amountOf(row)} unit={row.asset} />}
        />
        <DataTable.Col<Journal>
          source="effectiveEpoch"
          label="Effective at"
          align="right"
          disableSort
          render={({ effectiveEpoch }) => <EpochField value={effectiveEpoch} />}
        />
        <DataTable.Col<Journal>
          source="executedEpoch"
          label="Executed at"
          align="right"
          disableSort
          render={({ executedEpoch }) => <EpochField value={executedEpoch} />}
        />
        <DataTable.Col<Journal>
          source="workflowId"
          label="Workflow"
          disableSort
          render={({ workflowId }) => <HashField value={workflowId} what="workflow id" head={20} tail={6} />}
        />
        <DataTable.Col<Journal>
          source="messageCid"
          label="Message"
          disableSort
          render={({ messageCid }) => <HashField value={messageCid} what="CID" />}
        />
      </Rows>
    </ListPage>
  );
}
