import { Alert } from '@mui/material';
import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { shortAmount } from '../field/amount';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { AgeField, TimeField } from '../field/TimeField';
import { workflowPath } from '../workflow/workflow';
import { PlainTable } from '../layout/PlainTable';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { LoanPreflight } from '../loan/LoanPreflight';
import { PolicyEffect } from '../policy/PolicyEffect';
import { ratesIn } from '../rate/rate';
import { RatePreviewPanel } from '../rate/RatePreviewPanel';
import { useSession } from '../providers/useSession';
import { blockedFor, kindNames, makerOf, type Approval, type ApprovalDecision } from './approval';
import { DecisionButtons } from './DecisionButtons';
import { Effect } from './Effect';
import { SubjectFacts } from './SubjectFacts';

function titleOf({ kind, subject: { amount }, subjectId }: Approval): string {
  if (kind === 'policy') return `${kindNames[kind]}: ${subjectId.replaceAll(/[-/]/g, ' ')}`;
  if (kind === 'help' || typeof amount !== 'string') return `${kindNames[kind]}: ${subjectId.slice(0, 8)}`;
  const { whole, fraction } = shortAmount(amount) ?? { whole: amount, fraction: '' };
  const decimals = fraction.replace(/0+$/, '');
  return `${kindNames[kind]} of ${whole}${decimals === '' ? '' : `.${decimals}`} FIL`;
}

function quorumText(quorum: number): string {
  return quorum === 1 ? 'One acceptance is needed' : `${quorum} acceptances are needed, by different people`;
}

function Person({ customer }: { readonly customer: NonNullable<Approval['customer']> }) {
  return (
    <Panel title="Whom it is about" hint="Read for this screen; no part of the workflow's history">
      <Facts
        facts={[
          { label: 'Name', value: customer.fullName ?? <Nothing /> },
          { label: 'Country', value: customer.country ?? <Nothing /> },
          { label: 'Account', value: <CustomerField id={customer.id} email={customer.email} /> },
        ]}
      />
    </Panel>
  );
}

function Decisions({ rows }: { readonly rows: readonly ApprovalDecision[] }) {
  return (
    <PlainTable
      label="Decisions"
      rows={rows}
      keyOf={({ actorId }) => actorId}
      empty="Nobody has decided yet."
      columns={[
        {
          label: 'Who',
          cell: ({ actorId, actorRole, actorEmail }) => `${actorEmail ?? actorId} (${actorRole})`,
        },
        {
          label: 'Decision',
          cell: ({ decision }) => <StateChip state={decision === 'accept' ? 'accepted' : 'refused'} />,
        },
        { label: 'Reason', cell: ({ reason }) => reason },
        { label: 'When', cell: ({ at }) => <TimeField value={at} /> },
      ]}
    />
  );
}

/** What a proposal means: other values beside those in force, other rates beside those that were. */
function Proposed({ approval: { kind, state, subject } }: { readonly approval: Approval }) {
  if (state !== 'waiting') return null;
  if (kind === 'policy') return <PolicyEffect subject={subject} />;
  const values = ratesIn(subject);
  return kind === 'rate' && values !== null ? (
    <RatePreviewPanel poolId={values.poolId} proposed={values} />
  ) : null;
}

function Body({ approval }: { readonly approval: Approval }) {
  const session = useSession();
  const blocked = approval.state === 'waiting' && session ? blockedFor(approval, session) : null;
  return (
    <>
      {blocked === null ? null : (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          {blocked}
        </Alert>
      )}
      <Panel title="What is to be approved">
        <SubjectFacts subject={approval.subject} without={['preflight', 'checks']} />
      </Panel>
      {approval.customer ? <Person customer={approval.customer} /> : null}
      <Effect approval={approval} />
      <Proposed approval={approval} />
      {approval.kind === 'loan' ? <LoanPreflight loanId={approval.subjectId} /> : null}
      <Panel title="Decisions" hint={quorumText(approval.quorum)} flush>
        <Decisions rows={approval.decisions} />
      </Panel>
      <Panel title="On record">
        <Facts
          facts={[
            { label: 'Asked by', value: makerOf(approval) },
            { label: 'Asked', value: <TimeField value={approval.createdAt} /> },
            { label: 'Closed', value: <TimeField value={approval.closedAt} /> },
            {
              label: 'Workflow',
              value: <Link to={workflowPath(approval.workflowId)}>{approval.workflowId}</Link>,
            },
            { label: 'Hash of what you see', value: <HashField value={approval.subjectHash} what="hash" /> },
            { label: 'Approval', value: <HashField value={approval.id} what="approval id" /> },
          ]}
        />
      </Panel>
    </>
  );
}

export function ApprovalShow() {
  return (
    <ShowPage<Approval>
      list={['/approvals', 'Approvals']}
      title={titleOf}
      hint={(row) => (
        <>
          <StateChip state={row.state} /> asked <AgeField value={row.createdAt} />
        </>
      )}
      side={(row) => <DecisionButtons approval={row} />}
      body={(row) => <Body approval={row} />}
    />
  );
}
