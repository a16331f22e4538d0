import { DataTable } from 'react-admin';
import { AddressField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { AnnounceButton } from './AnnounceButton';
import type { TopUp } from './topUp';

export function TopUpList() {
  return (
    <ListPage
      title="Top-ups"
      hint="The treasury's own FIL for gas: announced by one, approved by another."
      sort={{ field: 'createdAt', order: 'DESC' }}
      side={<AnnounceButton />}
    >
      <Rows<TopUp> empty="No top-up has been announced.">
        <DataTable.Col<TopUp>
          source="createdAt"
          label="Announced"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<TopUp>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<TopUp>
          source="amount"
          label="Amount"
          align="right"
          disableSort
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<TopUp>
          source="fromAddress"
          label="From"
          disableSort
          render={({ fromAddress }) => <AddressField value={fromAddress} />}
        />
        <DataTable.Col<TopUp>
          source="toAddress"
          label="To"
          disableSort
          render={({ toAddress }) => <AddressField value={toAddress} />}
        />
        <DataTable.Col<TopUp>
          source="announcedBy"
          label="Announced by"
          disableSort
          render={({ announcedBy, announcedByEmail }) => announcedByEmail ?? announcedBy}
        />
        <DataTable.Col<TopUp>
          source="arrivedAt"
          label="Arrived"
          disableSort
          render={({ arrivedAt }) => <TimeField value={arrivedAt} />}
        />
      </Rows>
    </ListPage>
  );
}
