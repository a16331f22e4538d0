import { DataTable } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Position } from './position';

export function PositionList() {
  return (
    <ListPage
      title="Positions"
      hint="One receipt a deposit: its share of a pool."
      sort={{ field: 'id', order: 'DESC' }}
    >
      <Rows<Position> empty="Nobody has moved FIL into a pool yet.">
        <DataTable.Col<Position> source="id" label="Token" render={({ id }) => `#${id}`} />
        <DataTable.Col<Position> source="poolId" label="Pool" disableSort />
        <DataTable.Col<Position>
          source="value"
          label="Value now"
          align="right"
          disableSort
          render={({ value }) => <MoneyField value={value} />}
        />
        <DataTable.Col<Position>
          source="shares"
          label="Shares"
          align="right"
          disableSort
          render={({ shares }) => <HashField value={shares} what="shares" />}
        />
        <DataTable.Col<Position>
          source="mintedEpoch"
          label="Minted at"
          align="right"
          disableSort
          render={({ mintedEpoch }) => <EpochField value={mintedEpoch} />}
        />
        <DataTable.Col<Position>
          source="customerId"
          label="Owner"
          disableSort
          render={({ customerId }) => <CustomerField id={customerId} />}
        />
      </Rows>
    </ListPage>
  );
}
