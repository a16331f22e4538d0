import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { rateNames } from '../rate/rate';
import { RatePreviewPanel } from '../rate/RatePreviewPanel';
import { workflowPath } from '../workflow/workflow';
import type { RateProposal } from './rateProposal';

function Proposal({ row }: { readonly row: RateProposal }) {
  return (
    <Panel title="What is proposed">
      <Facts
        facts={[
          ...rateNames.map(([field, label]) => ({ label, value: percentOf(row[field]) })),
          { label: 'From epoch', value: <EpochField value={row.fromEpoch} /> },
          { label: 'Reason', value: row.reason },
          { label: 'Proposed by', value: row.makerEmail ?? row.makerId },
          { label: 'Proposed', value: <TimeField value={row.createdAt} /> },
          { label: 'Ended', value: <TimeField value={row.closedAt} /> },
          { label: 'Became version', value: row.version ?? <Nothing /> },
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
          { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
        ]}
      />
    </Panel>
  );
}

export function RateProposalShow() {
  return (
    <ShowPage<RateProposal>
      list={['/rate-proposals', 'Rate proposals']}
      title={({ id }) => `Rate proposal ${id.slice(0, 8)}`}
      hint={({ state }) => <StateChip state={state} />}
      body={(row) => (
        <>
          <Proposal row={row} />
          <RatePreviewPanel poolId={row.poolId} proposed={row} />
        </>
      )}
    />
  );
}
