import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import type { Loan, Repayment } from './loan';
import { LoanDisbursements } from './LoanDisbursements';

function Repayments({ rows }: { readonly rows: readonly Repayment[] }) {
  const money = (value: string) => <MoneyField value={value} />;
  return (
    <PlainTable
      label="Repayments"
      rows={rows}
      keyOf={({ id }) => id}
      empty="Nothing has been repaid yet."
      columns={[
        {
          label: 'Included at',
          align: 'right',
          cell: ({ includedEpoch }) => <EpochField value={includedEpoch} />,
        },
        { label: 'From', cell: ({ source }) => wordsOf(source) },
        { label: 'Paid', align: 'right', cell: ({ amount }) => money(amount) },
        { label: 'to penalty', align: 'right', cell: ({ penalty }) => money(penalty) },
        { label: 'to fee', align: 'right', cell: ({ fee }) => money(fee) },
        { label: 'to interest', align: 'right', cell: ({ interest }) => money(interest) },
        { label: 'to principal', align: 'right', cell: ({ principal }) => money(principal) },
        { label: 'in excess', align: 'right', cell: ({ excess }) => money(excess) },
        { label: 'Debt after', align: 'right', cell: ({ debtAfter }) => money(debtAfter) },
        {
          label: 'Journal',
          cell: ({ journalId }) => <JournalLink id={journalId} />,
        },
      ]}
    />
  );
}

/** What is owed at the newest epoch, part by part. */
function DebtPanel({ loan }: { readonly loan: Loan }) {
  const { debt } = loan;
  return (
    <Panel
      title="Debt"
      hint={
        debt ? (
          <>
            at epoch <EpochField value={debt.epoch} />
            {debt.estimate ? ', estimated beyond the books' : ''}
          </>
        ) : (
          'None yet'
        )
      }
    >
      <Facts
        columns={4}
        facts={[
          { label: 'Owed in all', value: <MoneyField value={debt?.debt ?? null} /> },
          { label: 'of it principal', value: <MoneyField value={debt?.principal ?? null} /> },
          { label: 'of it interest', value: <MoneyField value={debt?.interest ?? null} /> },
          { label: 'of it fee', value: <MoneyField value={debt?.fee ?? null} /> },
          { label: 'of it penalty', value: <MoneyField value={debt?.penalty ?? null} /> },
          { label: 'Matures at epoch', value: <EpochField value={loan.maturityEpoch} /> },
        ]}
      />
    </Panel>
  );
}

/** What is owed, what was sent and what came back, with the split of each payment. */
export function LoanMoney({ loan }: { readonly loan: Loan }) {
  return (
    <>
      <DebtPanel loan={loan} />
      <LoanDisbursements loan={loan} />
      <Panel title="Repayments" hint="Split in the order of the terms; the excess is the borrower's" flush>
        <Repayments rows={loan.repayments ?? []} />
      </Panel>
    </>
  );
}
