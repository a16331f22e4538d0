import { DataTable } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { AddressField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { WithdrawalAddress } from './withdrawalAddress';

const states = [
  { value: null, label: 'All' },
  { value: 'challenged', label: 'To sign' },
  { value: 'listed', label: 'Listed' },
  { value: 'removed', label: 'Removed' },
  { value: 'refused', label: 'Refused' },
];

export function WithdrawalAddressList() {
  return (
    <ListPage
      title="Withdrawal addresses"
      hint="Where customers may withdraw to: signed for by their key where they have one, cooled down first."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<WithdrawalAddress> empty="No customer has listed an address.">
        <DataTable.Col<WithdrawalAddress>
          source="createdAt"
          label="Asked"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<WithdrawalAddress>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<WithdrawalAddress>
          source="address"
          label="Address"
          disableSort
          render={({ address, given }) => <AddressField value={address ?? given} />}
        />
        <DataTable.Col<WithdrawalAddress> source="name" label="Name" disableSort />
        <DataTable.Col<WithdrawalAddress>
          source="proven"
          label="Proof"
          disableSort
          render={({ proven, state }) =>
            state === 'listed' || state === 'removed' ? (proven ? 'signed' : 'none possible') : '—'
          }
        />
        <DataTable.Col<WithdrawalAddress>
          source="customerId"
          label="Customer"
          disableSort
          render={({ customerId, customerEmail }) => <CustomerField id={customerId} email={customerEmail} />}
        />
      </Rows>
    </ListPage>
  );
}
