import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { StepTrack } from '../field/StepTrack';
import { TimeField } from '../field/TimeField';
import { Nothing } from '../field/Nothing';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { Confirmations, ReorgMark } from './Confirmations';
import type { Deposit } from './deposit';
import { trackOf } from './track';

export function DepositShow() {
  return (
    <ShowPage<Deposit>
      list={['/deposits', 'Deposits']}
      title={({ toKind }) => `Arrival at a ${toKind} address`}
      hint={(row) => (
        <>
          <StateChip state={row.state} /> <ReorgMark deposit={row} />{' '}
          <MoneyField value={row.amount} copy={false} />
        </>
      )}
      body={(row) => (
        <>
          <Panel title="Where it stands">
            <StepTrack label="The way of this arrival" steps={trackOf(row)} />
          </Panel>
          <Panel title="The arrival">
            <Facts
              facts={[
                { label: 'Amount', value: <MoneyField value={row.amount} /> },
                { label: 'From', value: <AddressField value={row.fromAddress} /> },
                { label: 'To', value: <AddressField value={row.toAddress} /> },
                {
                  label: row.loanId === null ? 'Customer' : 'Loan',
                  value:
                    row.loanId === null ? (
                      <CustomerField id={row.customerId} />
                    ) : (
                      <HashField value={row.loanId} what="loan id" to={`/loans/${row.loanId}/show`} />
                    ),
                },
                { label: 'Message', value: <HashField value={row.cid} what="CID" /> },
                {
                  label: 'Place in its trace',
                  value: row.index === 0 ? 'the message itself' : `internal send ${row.index}`,
                },
                { label: 'Included at', value: <EpochField value={row.includedEpoch} /> },
                { label: 'Executed at', value: <EpochField value={row.executedEpoch} /> },
                { label: 'Confirmations', value: <Confirmations deposit={row} /> },
                {
                  label: 'Taken back by reorgs',
                  value:
                    row.reorgs === 0 ? (
                      'never'
                    ) : (
                      <>
                        {row.reorgs}, last <TimeField value={row.reorgedAt} />
                      </>
                    ),
                },
                { label: 'Seen', value: <TimeField value={row.seenAt} /> },
                { label: 'Final', value: <TimeField value={row.finalAt} /> },
                { label: 'Booked as', value: row.bookedAs === null ? <Nothing /> : wordsOf(row.bookedAs) },
                {
                  label: 'Journal',
                  value: <JournalLink id={row.journalId} />,
                },
                { label: 'Workflow', value: <Link to={workflowPath(`deposit/${row.id}`)}>its story</Link> },
              ]}
            />
          </Panel>
        </>
      )}
    />
  );
}
