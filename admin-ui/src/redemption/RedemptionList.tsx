import { DataTable } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { Asked } from './Asked';
import type { Redemption } from './redemption';

const states = [
  { value: null, label: 'All' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'paid', label: 'Paid' },
  { value: 'cancelled', label: 'Given up' },
  { value: 'refused', label: 'Refused' },
];

export function RedemptionList() {
  return (
    <ListPage
      title="Redemptions"
      hint="Out of a pool, first come, first served. What waits is paid as money returns."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<Redemption> empty="Nobody has asked for FIL out of a pool.">
        <DataTable.Col<Redemption>
          source="createdAt"
          label="Asked"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Redemption>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Redemption>
          source="ordinal"
          label="Place"
          align="right"
          render={({ ordinal }) => (ordinal === null ? '—' : `#${ordinal + 1}`)}
        />
        <DataTable.Col<Redemption>
          source="amount"
          label="Asked for"
          align="right"
          disableSort
          render={({ amount }) => <Asked amount={amount} />}
        />
        <DataTable.Col<Redemption>
          source="paid"
          label="Paid"
          align="right"
          render={({ paid }) => <MoneyField value={paid} />}
        />
        <DataTable.Col<Redemption>
          source="customerId"
          label="Depositor"
          disableSort
          render={({ customerId }) => <CustomerField id={customerId} />}
        />
      </Rows>
    </ListPage>
  );
}
