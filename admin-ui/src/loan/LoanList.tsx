import { DataTable } from 'react-admin';
import { AddressField } from '../field/HashField';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Loan } from './loan';

const states = [
  { value: null, label: 'All' },
  { value: 'preflight', label: 'Pre-flight' },
  { value: 'in_approval', label: 'In approval' },
  { value: 'escrow_offered', label: 'Escrow offered' },
  { value: 'active', label: 'Active' },
  { value: 'overdue', label: 'Overdue' },
  { value: 'returning', label: 'Returning' },
  { value: 'closed', label: 'Closed' },
  { value: 'rejected', label: 'Rejected' },
];

export function LoanList() {
  return (
    <ListPage
      title="Loans"
      hint="Against the owner role of a miner; paid into the miner only."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<Loan> empty="No loan here. A borrower's application appears as soon as it is made.">
        <DataTable.Col<Loan> source="number" label="No." render={({ number }) => `#${number}`} />
        <DataTable.Col<Loan>
          source="state"
          label="State"
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Loan>
          source="miner"
          label="Miner"
          disableSort
          render={({ miner }) => <AddressField value={miner} />}
        />
        <DataTable.Col<Loan>
          source="amount"
          label="Amount"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<Loan>
          source="termEpochs"
          label="Term, epochs"
          align="right"
          disableSort
          render={({ termEpochs }) => termEpochs.toLocaleString('en')}
        />
        <DataTable.Col<Loan>
          source="maturityEpoch"
          label="Matures at"
          align="right"
          disableSort
          render={({ maturityEpoch }) => <EpochField value={maturityEpoch} />}
        />
        <DataTable.Col<Loan>
          source="createdAt"
          label="Applied"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Loan>
          source="needsAction"
          label="Attention"
          disableSort
          render={({ needsAction }) =>
            needsAction === null ? '' : <StateChip state="needs" label="Needs action" tone="bad" />
          }
        />
      </Rows>
    </ListPage>
  );
}
