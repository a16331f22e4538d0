import { MoneyField } from '../field/MoneyField';
import { PlainTable } from '../layout/PlainTable';
import { AccountName } from '../account/AccountName';
import type { Posting } from './journal';

interface PostingsProps {
  readonly rows: readonly Posting[];
  readonly unit: string;
}

/** The lines of a journal, debits and credits in columns of their own. */
export function Postings({ rows, unit }: PostingsProps) {
  return (
    <PlainTable
      label="Postings"
      rows={rows}
      keyOf={({ line }) => String(line)}
      empty="This journal has no postings."
      columns={[
        { label: 'Account', cell: ({ code, owner }) => <AccountName code={code} owner={owner} /> },
        {
          label: 'Debit',
          align: 'right',
          cell: ({ side, amount }) => (side === 'debit' ? <MoneyField value={amount} unit={unit} /> : ''),
        },
        {
          label: 'Credit',
          align: 'right',
          cell: ({ side, amount }) => (side === 'credit' ? <MoneyField value={amount} unit={unit} /> : ''),
        },
        {
          label: 'Balance after',
          align: 'right',
          cell: ({ balanceAfter }) => <MoneyField value={balanceAfter} unit={unit} />,
        },
      ]}
    />
  );
}
