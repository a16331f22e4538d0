import { Alert } from '@mui/material';
import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { AgeField, TimeField } from '../field/TimeField';
import { workflowPath } from '../workflow/workflow';
import { PlainTable } from '../layout/PlainTable';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { LoanPreflight } from '../loan/LoanPreflight';
import { useSession } from '../providers/useSession';
import { blockedFor, kindNames, type Approval, type ApprovalDecision } from './approval';
import { DecisionButtons } from './DecisionButtons';
import { Effect } from './Effect';
import { SubjectFacts } from './SubjectFacts';

function titleOf({ kind, subjectId }: Approval): string {
  return `${kindNames[kind]} ${subjectId.slice(0, 8)}`;
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
          cell: ({ actorId, actorRole }) => (actorRole === undefined ? actorId : `${actorId} (${actorRole})`),
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
      <Effect approval={approval} />
      {approval.kind === 'loan' ? <LoanPreflight loanId={approval.subjectId} /> : null}
      <Panel
        title="Decisions"
        hint={`${approval.quorum} of ${approval.quorum === 1 ? 'one person' : `${approval.quorum} people`} needed`}
        flush
      >
        <Decisions rows={approval.decisions ?? []} />
      </Panel>
      <Panel title="On record">
        <Facts
          facts={[
            { label: 'Asked by', value: approval.makerId ?? 'the workflow' },
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
