import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable, type PlainColumn } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { entriesOf, fieldsOf, policyName, valueName, type Policy, type PolicyVersion } from './policy';
import { PolicyValue } from './PolicyValue';
import { ProposePolicy } from './ProposePolicy';

function columnsOf(fields: readonly string[]): PlainColumn<PolicyVersion>[] {
  return [
    { label: 'Version', align: 'right', cell: ({ version }) => version },
    { label: 'Since', cell: ({ at }) => <TimeField value={at} /> },
    ...fields.map((field) => ({
      label: valueName(field),
      align: 'right' as const,
      cell: ({ values }: PolicyVersion) => <PolicyValue field={field} value={values[field] ?? ''} />,
    })),
    { label: 'Proposed by', cell: ({ proposedBy }) => proposedBy ?? 'came with the platform' },
    { label: 'Accepted by', cell: ({ acceptedBy }) => acceptedBy ?? <Nothing /> },
    { label: 'Reason', cell: ({ reason }) => reason ?? <Nothing /> },
    {
      label: 'Approval',
      cell: ({ approvalId }) => (
        <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId ?? ''}/show`} />
      ),
    },
  ];
}

function Body({ policy }: { readonly policy: Policy }) {
  const { values, waitingApprovalId, history = [] } = policy;
  return (
    <>
      <Panel
        title="In force"
        hint={`Version ${policy.version}`}
        side={
          waitingApprovalId === null ? null : (
            <Link to={`/approvals/${waitingApprovalId}/show`}>A proposal waits for a decision</Link>
          )
        }
      >
        <Facts
          facts={entriesOf(values).map(([field, value]) => ({
            label: valueName(field),
            value: <PolicyValue field={field} value={value} />,
          }))}
        />
      </Panel>
      <Panel title="History" flush>
        <PlainTable
          label="History"
          rows={history}
          columns={columnsOf(fieldsOf(values))}
          keyOf={({ version }) => String(version)}
          empty=""
        />
      </Panel>
    </>
  );
}

export function PolicyShow() {
  return (
    <ShowPage<Policy>
      list={['/policies', 'Policies']}
      title={policyName}
      side={(policy) => (policy.waitingApprovalId === null ? <ProposePolicy policy={policy} /> : null)}
      body={(policy) => <Body policy={policy} />}
    />
  );
}
