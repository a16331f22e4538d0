import { DataTable } from 'react-admin';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Pool } from './pool';

export function PoolList() {
  return (
    <ListPage
      title="Pools"
      hint="Where depositors' FIL lies and loans come from."
      sort={{ field: 'id', order: 'ASC' }}
    >
      <Rows<Pool> empty="No pool is open.">
        <DataTable.Col<Pool> source="id" label="Pool" render={({ id }) => wordsOf(id)} />
        <DataTable.Col<Pool>
          source="utilisation"
          label="Utilisation"
          align="right"
          disableSort
          render={(row) => percentOf(row.utilisation)}
        />
        <DataTable.Col<Pool>
          source="borrowApr"
          label="Borrow APR"
          align="right"
          disableSort
          render={(row) => percentOf(row.borrowApr)}
        />
        <DataTable.Col<Pool>
          source="depositApr"
          label="Deposit APR"
          align="right"
          disableSort
          render={(row) => percentOf(row.depositApr)}
        />
        <DataTable.Col<Pool>
          source="cash"
          label="Free cash"
          align="right"
          disableSort
          render={(row) => <MoneyField value={row.cash} />}
        />
        <DataTable.Col<Pool>
          source="debt"
          label="Lent, with interest"
          align="right"
          disableSort
          render={(row) => <MoneyField value={row.debt} />}
        />
        <DataTable.Col<Pool>
          source="reserve"
          label="Loss reserve"
          align="right"
          disableSort
          render={(row) => <MoneyField value={row.reserve} />}
        />
      </Rows>
    </ListPage>
  );
}
