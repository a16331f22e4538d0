import { Alert, Tab, Tabs } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-admin';
import { EscrowPanel } from '../escrow/EscrowPanel';
import { CustomerField } from '../field/CustomerField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { StepTrack } from '../field/StepTrack';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { HelpAsked } from '../workflow/HelpAsked';
import { LoanAlerts } from '../miner/Alerts';
import { workflowPath } from '../workflow/workflow';
import { LoanButtons } from './LoanButtons';
import type { Loan } from './loan';
import { LoanMoney } from './LoanMoney';
import { LoanSteps } from './LoanSteps';
import { LoanTerms } from './LoanTerms';
import { PreflightReports } from './PreflightReports';
import { StuckMessages } from './StuckMessages';
import { trackOf } from './track';

function Overview({ loan }: { readonly loan: Loan }) {
  const workflow = `loan/${loan.id}`;
  return (
    <>
      <Panel title="The loan">
        <Facts
          columns={4}
          facts={[
            { label: 'Amount', value: <MoneyField value={loan.amount} /> },
            {
              label: 'Miner',
              value: <HashField value={loan.miner} what="miner" to={`/miners/${loan.miner}/show`} />,
            },
            { label: 'Term', value: `${loan.termEpochs.toLocaleString('en')} epochs` },
            { label: 'Pool', value: <Link to={`/pools/${loan.poolId}/show`}>{loan.poolId}</Link> },
            {
              label: 'Borrower',
              value: <CustomerField id={loan.borrowerId} />,
            },
            { label: 'Owner before', value: <AddressField value={loan.ownerBefore} /> },
            { label: 'Escrow owner', value: <AddressField value={loan.escrowIdAddress} /> },
            { label: 'Escrow address', value: <AddressField value={loan.escrowAddress} /> },
            { label: 'Repayment address', value: <AddressField value={loan.repaymentAddress} /> },
            { label: 'Applied', value: <TimeField value={loan.createdAt} /> },
            {
              label: 'Approval',
              value:
                loan.approvalId === null ? (
                  'not asked yet'
                ) : (
                  <HashField
                    value={loan.approvalId}
                    what="approval id"
                    to={`/approvals/${loan.approvalId}/show`}
                  />
                ),
            },
            { label: 'Workflow', value: <Link to={workflowPath(workflow)}>its story</Link> },
          ]}
        />
      </Panel>
      <Panel title="Steps" hint="Who, when, which message, which journal" flush>
        <LoanSteps steps={loan.steps ?? []} />
      </Panel>
    </>
  );
}

const tabs = ['Overview', 'Debt and payments', 'Terms', 'Pre-flight'] as const;

function Body({ loan }: { readonly loan: Loan }) {
  const [tab, setTab] = useState(0);
  return (
    <>
      {loan.needsAction === null ? null : (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          {loan.needsAction}
        </Alert>
      )}
      {loan.closedAt === null ? (
        <>
          <StuckMessages loanId={loan.id} />
          <HelpAsked workflowId={`loan/${loan.id}`} />
        </>
      ) : null}
      {loan.outcomeDetail === null ? null : (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          {loan.outcomeDetail}
        </Alert>
      )}
      <LoanAlerts loanId={loan.id} />
      <Panel title="Where it stands">
        <StepTrack label="The way of this loan" steps={trackOf(loan)} />
      </Panel>
      <EscrowPanel steps={loan.steps ?? []} escrow={loan.escrowIdAddress} />
      <Tabs
        value={tab}
        onChange={(_, next: number) => setTab(next)}
        aria-label="Parts of the loan"
        sx={{ mb: 2 }}
      >
        {tabs.map((label, index) => (
          <Tab key={label} label={label} id={`loan-tab-${index}`} aria-controls={`loan-part-${index}`} />
        ))}
      </Tabs>
      <div role="tabpanel" id={`loan-part-${tab}`} aria-labelledby={`loan-tab-${tab}`}>
        {tab === 0 ? <Overview loan={loan} /> : null}
        {tab === 1 ? <LoanMoney loan={loan} /> : null}
        {tab === 2 ? <LoanTerms loan={loan} /> : null}
        {tab === 3 ? <PreflightReports reports={loan.reports ?? []} /> : null}
      </div>
    </>
  );
}

export function LoanShow() {
  return (
    <ShowPage<Loan>
      list={['/loans', 'Loans']}
      title={(loan) => `Loan #${loan.number}`}
      hint={(loan) => (
        <>
          <StateChip state={loan.state} /> <MoneyField value={loan.amount} copy={false} /> to miner{' '}
          {loan.miner}
        </>
      )}
      side={(loan) => <LoanButtons loan={loan} />}
      body={(loan) => <Body loan={loan} />}
    />
  );
}
