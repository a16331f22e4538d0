import { DataTable } from 'react-admin';
import { HashField } from '../field/HashField';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Rate } from './rate';
import { RateColumns } from './RateColumns';

export function RateList() {
  return (
    <ListPage
      title="Rates"
      hint="A version each, from its epoch on. They never begin in the past."
      sort={{ field: 'fromEpoch', order: 'DESC' }}
    >
      <Rows<Rate> empty="No pool has rates." rowClick={(_, __, { poolId }) => `/pools/${poolId}/show`}>
        <DataTable.Col<Rate> source="poolId" label="Pool" render={({ poolId }) => wordsOf(poolId)} />
        <DataTable.Col<Rate>
          source="version"
          label="Version"
          align="right"
          render={({ version }) => version}
        />
        <RateColumns />
        <DataTable.Col<Rate>
          source="approvalId"
          label="Approval"
          disableSort
          render={({ approvalId }) => (
            <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId ?? ''}/show`} />
          )}
        />
      </Rows>
    </ListPage>
  );
}
