import { DataTable, Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Repayment } from './repayment';
import { SplitBar } from './SplitBar';

const sources = [
  { value: null, label: 'All' },
  { value: 'sweep', label: "Miner's income" },
  { value: 'direct', label: 'Direct' },
];
const columns = ['interest', 'principal', 'excess'] as const;

/** Penalty and fee stand together: most loans have neither. */
const extras = ({ penalty, fee }: Repayment): string => (BigInt(penalty) + BigInt(fee)).toString();
const shown = (amount: string): string | null => (amount === '0' ? null : amount);

export function RepaymentList() {
  return (
    <ListPage
      title="Repayments"
      hint="Each payment on a loan with what it paid; the excess is the borrower's."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="source" label="Source" choices={sources} />}
    >
      <Rows<Repayment> empty="Nothing has been repaid yet. Sweeps of miners' income and direct payments appear here, final.">
        <DataTable.Col<Repayment>
          source="createdAt"
          label="Booked"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Repayment>
          source="loanNumber"
          label="Loan"
          render={({ loanId, loanNumber }) => (
            <Link to={`/loans/${encodeURIComponent(loanId)}/show`}>
              {loanNumber === null ? 'loan' : `#${loanNumber}`}
            </Link>
          )}
        />
        <DataTable.Col<Repayment>
          source="source"
          label="From"
          disableSort
          render={({ source }) => (source === 'sweep' ? 'Income' : wordsOf(source))}
        />
        <DataTable.Col<Repayment>
          source="amount"
          label="Paid"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<Repayment>
          source="split"
          label="Split"
          disableSort
          render={(row) => <SplitBar payment={row} />}
        />
        <DataTable.Col<Repayment>
          source="penalty"
          label="Penalty, fee"
          align="right"
          disableSort
          render={(row) => <MoneyField value={shown(extras(row))} />}
        />
        {columns.map((name) => (
          <DataTable.Col<Repayment>
            key={name}
            source={name}
            label={wordsOf(name)}
            align="right"
            disableSort
            render={(row) => <MoneyField value={shown(row[name])} />}
          />
        ))}
        <DataTable.Col<Repayment>
          source="includedEpoch"
          label="Included at"
          align="right"
          render={({ includedEpoch }) => <EpochField value={includedEpoch} />}
        />
      </Rows>
    </ListPage>
  );
}
