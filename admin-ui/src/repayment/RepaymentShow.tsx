import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import type { Repayment } from './repayment';
import { SplitBar } from './SplitBar';
import { partsOf } from './split';

function Split({ payment }: { readonly payment: Repayment }) {
  return (
    <>
      <Box sx={{ px: 2.5, pb: 1.5 }}>
        <SplitBar payment={payment} />
      </Box>
      <PlainTable
        label="What the payment paid"
        rows={partsOf(payment)}
        keyOf={({ name }) => name}
        empty="Nothing."
        columns={[
          {
            label: 'Paid',
            cell: ({ name }) => (
              <>
                <span className={`split-mark split-${name}`} aria-hidden /> {wordsOf(name)}
              </>
            ),
          },
          { label: 'Amount', align: 'right', cell: ({ amount }) => <MoneyField value={amount} /> },
        ]}
      />
    </>
  );
}

export function RepaymentShow() {
  return (
    <ShowPage<Repayment>
      list={['/repayments', 'Repayments']}
      title={({ loanNumber }) => `Payment on loan #${loanNumber ?? ''}`}
      hint={({ amount, source }) => (
        <>
          <MoneyField value={amount} copy={false} />{' '}
          {source === 'sweep' ? "from the miner's income" : 'paid directly'}
        </>
      )}
      body={(row) => (
        <>
          <Panel title="The payment">
            <Facts
              columns={4}
              facts={[
                { label: 'Amount', value: <MoneyField value={row.amount} /> },
                { label: 'Debt after it', value: <MoneyField value={row.debtAfter} /> },
                {
                  label: 'Loan',
                  value: <Link to={`/loans/${encodeURIComponent(row.loanId)}/show`}>#{row.loanNumber}</Link>,
                },
                { label: 'Miner', value: <AddressField value={row.miner} /> },
                { label: 'Included at', value: <EpochField value={row.includedEpoch} /> },
                { label: 'Executed at', value: <EpochField value={row.executedEpoch} /> },
                { label: 'Booked', value: <TimeField value={row.createdAt} /> },
                { label: 'Journal', value: <JournalLink id={row.journalId} /> },
                {
                  label: 'Message',
                  value: (
                    <HashField
                      value={row.cid}
                      what="CID"
                      to={
                        row.messageId === null
                          ? undefined
                          : `/messages/${encodeURIComponent(row.messageId)}/show`
                      }
                    />
                  ),
                },
                { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
              ]}
            />
          </Panel>
          <Panel title="Split" hint="Used in the order of the loan's terms; the rest is the borrower's" flush>
            <Split payment={row} />
          </Panel>
        </>
      )}
    />
  );
}
