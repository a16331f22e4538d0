import { DataTable, Link } from 'react-admin';
import { Nothing } from '../field/Nothing';
import { TimeField } from '../field/TimeField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { entriesOf, policyName, valueName, type Policy } from './policy';
import { PolicyValue } from './PolicyValue';

function Values({ values }: Pick<Policy, 'values'>) {
  return (
    <>
      {entriesOf(values).map(([field, value]) => (
        <div key={field}>
          {valueName(field)}: <PolicyValue field={field} value={value} />
        </div>
      ))}
    </>
  );
}

export function PolicyList() {
  return (
    <ListPage
      title="Policies"
      hint="How the platform decides. One proposes other values, another accepts them."
      sort={{ field: 'id', order: 'ASC' }}
    >
      <Rows<Policy> empty="There is no policy.">
        <DataTable.Col<Policy> source="kind" label="Policy" render={(row) => policyName(row)} />
        <DataTable.Col<Policy>
          source="version"
          label="Version"
          align="right"
          render={({ version }) => version}
        />
        <DataTable.Col<Policy>
          source="values"
          label="In force"
          disableSort
          render={({ values }) => <Values values={values} />}
        />
        <DataTable.Col<Policy>
          source="inForceSince"
          label="Since"
          render={({ inForceSince }) => <TimeField value={inForceSince} />}
        />
        <DataTable.Col<Policy>
          source="waitingApprovalId"
          label="Proposal"
          disableSort
          render={({ waitingApprovalId }) =>
            waitingApprovalId === null ? (
              <Nothing />
            ) : (
              <Link to={`/approvals/${waitingApprovalId}/show`}>waits for a decision</Link>
            )
          }
        />
      </Rows>
    </ListPage>
  );
}
