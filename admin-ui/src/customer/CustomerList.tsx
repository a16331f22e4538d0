import { DataTable } from 'react-admin';
import { AddressField, HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Customer } from './customer';

const states = [
  { value: null, label: 'All' },
  { value: 'in_review', label: 'In review' },
  { value: 'open', label: 'Open' },
  { value: 'registered', label: 'Registered' },
  { value: 'refused', label: 'Refused' },
];

export function CustomerList() {
  return (
    <ListPage
      title="Customers"
      hint="Depositors and borrowers; opened by staff after review."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<Customer> empty="No customer here. They register through the API with an emailed code.">
        <DataTable.Col<Customer> source="email" label="Email" disableSort />
        <DataTable.Col<Customer>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Customer>
          source="depositAddress"
          label="Deposit address"
          disableSort
          render={({ depositAddress }) => <AddressField value={depositAddress} />}
        />
        <DataTable.Col<Customer>
          source="createdAt"
          label="Registered"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Customer>
          source="id"
          label="Id"
          disableSort
          render={({ id }) => <HashField value={id} what="customer id" />}
        />
      </Rows>
    </ListPage>
  );
}
