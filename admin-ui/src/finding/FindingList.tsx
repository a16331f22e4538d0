import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { AgeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Finding } from './finding';
import { ResolveButton } from './ResolveButton';

const stands = [
  { value: null, label: 'All' },
  { value: true, label: 'Open' },
  { value: false, label: 'Dealt with' },
];

export function FindingList() {
  return (
    <ListPage
      title="Findings"
      hint="What is on chain and the books cannot explain: it stays until a person has dealt with it."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="open" label="Stands" choices={stands} />}
    >
      <Rows<Finding>
        empty="Nothing unexplained: every balance and every message on chain is accounted for."
        rowClick={false}
      >
        <DataTable.Col<Finding>
          source="createdAt"
          label="Found"
          render={({ createdAt }) => <AgeField value={createdAt} />}
        />
        <DataTable.Col<Finding>
          source="open"
          label="Stands"
          disableSort
          render={({ open }) => (
            <StateChip
              state={open ? 'open' : 'resolved'}
              tone={open ? 'bad' : 'good'}
              label={open ? 'Open' : 'Dealt with'}
            />
          )}
        />
        <DataTable.Col<Finding> source="kind" label="Kind" disableSort render={({ kind }) => wordsOf(kind)} />
        <DataTable.Col<Finding>
          source="sentence"
          label="What was seen"
          disableSort
          render={({ sentence }) => sentence}
        />
        <DataTable.Col<Finding>
          source="subject"
          label="About"
          disableSort
          render={({ subject }) => <HashField value={subject} what="subject" />}
        />
        <DataTable.Col<Finding>
          source="epoch"
          label="At epoch"
          align="right"
          render={({ epoch }) => <EpochField value={epoch} />}
        />
        <DataTable.Col<Finding>
          source="resolution"
          label="Dealt with"
          disableSort
          render={(finding) => <ResolveButton finding={finding} />}
        />
      </Rows>
    </ListPage>
  );
}
