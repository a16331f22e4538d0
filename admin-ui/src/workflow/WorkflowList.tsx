import { DataTable } from 'react-admin';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { AgeField, TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Workflow } from './workflow';

const lifecycles = [
  { value: null, label: 'All' },
  ...[
    'onboarding',
    'deposit',
    'subscription',
    'loan',
    'message',
    'mail',
    'sweep',
    'top-up',
    'accrual',
    'redemption',
    'withdrawal',
    'withdrawal-address',
    'custody',
    'freeze',
    'assignment',
    'comparison',
    'reconciliation',
    'chain-watch',
    'history-export',
    'collateral',
    'remedy',
    'rate',
    'policy',
  ].map((value) => ({ value, label: wordsOf(value) })),
];
const attention = [
  { value: null, label: 'All' },
  { value: true, label: 'Needs action' },
];
const statuses = [
  { value: null, label: 'Any' },
  { value: 'Running', label: 'Running' },
  { value: 'Completed', label: 'Completed' },
  { value: 'Failed', label: 'Failed' },
  { value: 'Terminated', label: 'Terminated' },
  { value: 'Canceled', label: 'Cancelled' },
];

export function WorkflowList() {
  return (
    <ListPage
      title="Workflows"
      hint="Every change has a story; open one to read it."
      sort={{ field: 'startedAt', order: 'DESC' }}
      filters={
        <div>
          <ChoiceFilter source="lifecycle" label="Lifecycle" choices={lifecycles} />
          <ChoiceFilter source="status" label="Status" choices={statuses} />
          <ChoiceFilter source="needsAction" label="Attention" choices={attention} />
        </div>
      }
    >
      <Rows<Workflow> empty="No workflow matches.">
        <DataTable.Col<Workflow>
          source="id"
          label="Workflow"
          disableSort
          render={(row) => <span style={{ overflowWrap: 'anywhere' }}>{row.id}</span>}
        />
        <DataTable.Col<Workflow>
          source="state"
          label="State"
          disableSort
          render={(row) => <StateChip state={row.state} />}
        />
        <DataTable.Col<Workflow>
          source="status"
          label="Run"
          disableSort
          render={(row) => <StateChip state={row.status} />}
        />
        <DataTable.Col<Workflow>
          source="needsAction"
          label="Attention"
          disableSort
          render={(row) =>
            row.needsAction ? <StateChip state="needs" label="Needs action" tone="bad" /> : ''
          }
        />
        <DataTable.Col<Workflow>
          source="startedAt"
          label="Started"
          disableSort
          render={(row) => <TimeField value={row.startedAt} />}
        />
        <DataTable.Col<Workflow>
          source="closedAt"
          label="Closed"
          disableSort
          render={(row) => <AgeField value={row.closedAt} />}
        />
        <DataTable.Col<Workflow>
          source="sha256"
          label="SHA-256 of its copy"
          disableSort
          render={(row) => <HashField value={row.sha256} what="SHA-256" />}
        />
      </Rows>
    </ListPage>
  );
}
