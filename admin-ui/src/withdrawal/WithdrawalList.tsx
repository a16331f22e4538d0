import { DataTable } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { AddressField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Withdrawal } from './withdrawal';

const states = [
  { value: null, label: 'All' },
  { value: 'held', label: 'To approve' },
  { value: 'approved', label: 'On the way' },
  { value: 'paid', label: 'Paid' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'refused', label: 'Refused' },
];

export function WithdrawalList() {
  return (
    <ListPage
      title="Withdrawals"
      hint="Off the platform. The money is set aside at once; it is paid by one message, or goes back."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<Withdrawal> empty="Nobody has withdrawn yet.">
        <DataTable.Col<Withdrawal>
          source="createdAt"
          label="Asked"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Withdrawal>
          source="state"
          label="State"
          disableSort
          render={({ state, needsAction }) => (
            <StateChip
              state={state}
              {...(needsAction === null ? {} : { tone: 'care', label: 'Waits for help' })}
            />
          )}
        />
        <DataTable.Col<Withdrawal>
          source="amount"
          label="Amount"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<Withdrawal>
          source="address"
          label="To"
          disableSort
          render={({ address }) => <AddressField value={address} />}
        />
        <DataTable.Col<Withdrawal>
          source="approvalsNeeded"
          label="People"
          align="right"
          disableSort
          render={({ approvalsNeeded }) => approvalsNeeded ?? '—'}
        />
        <DataTable.Col<Withdrawal>
          source="customerId"
          label="Customer"
          disableSort
          render={({ customerId, customerEmail }) => <CustomerField id={customerId} email={customerEmail} />}
        />
      </Rows>
    </ListPage>
  );
}
