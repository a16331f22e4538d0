import { DataTable } from 'react-admin';
import { AgeField, TimeField } from '../field/TimeField';
import { StateChip } from '../field/StateChip';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { useSession } from '../providers/useSession';
import { kindNames, makerOf, type Approval } from './approval';
import { SubjectLine } from './SubjectLine';

const states = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'accepted', label: 'Accepted' },
  { value: 'refused', label: 'Refused' },
  { value: 'expired', label: 'Expired' },
  { value: null, label: 'All' },
];
const kinds = [
  { value: null, label: 'All kinds' },
  ...Object.entries(kindNames).map(([value, label]) => ({ value, label })),
];

/** The inbox: what waits for a second pair of eyes, oldest first. */
export function ApprovalList() {
  const me = useSession()?.id;
  return (
    <ListPage
      title="Approvals"
      hint="Who asked may not approve. The oldest stands first."
      sort={{ field: 'createdAt', order: 'ASC' }}
      filterDefaultValues={{ state: 'waiting' }}
      filters={
        <div>
          <ChoiceFilter source="state" label="State" choices={states} />
          <ChoiceFilter source="kind" label="Kind" choices={kinds} />
        </div>
      }
    >
      <Rows<Approval> empty="Nothing waits here. New requests for approval appear by themselves.">
        <DataTable.Col<Approval>
          source="kind"
          label="Kind"
          disableSort
          render={(row) => kindNames[row.kind]}
        />
        <DataTable.Col<Approval>
          source="subject"
          label="What"
          disableSort
          render={(row) => <SubjectLine approval={row} />}
        />
        <DataTable.Col<Approval>
          source="state"
          label="State"
          disableSort
          render={(row) => <StateChip state={row.state} />}
        />
        <DataTable.Col<Approval>
          source="makerId"
          label="Asked by"
          disableSort
          render={(row) => (row.makerId !== null && row.makerId === me ? 'you' : makerOf(row))}
        />
        <DataTable.Col<Approval>
          source="createdAt"
          label="Waiting since"
          render={(row) => <TimeField value={row.createdAt} />}
        />
        <DataTable.Col<Approval>
          source="age"
          label="Age"
          disableSort
          render={(row) => <AgeField value={row.createdAt} />}
        />
      </Rows>
    </ListPage>
  );
}
