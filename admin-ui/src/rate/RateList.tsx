import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { rateNames, type Rate } from './rate';

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
        <DataTable.Col<Rate>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Rate>
          source="fromEpoch"
          label="From epoch"
          align="right"
          render={({ fromEpoch }) => <EpochField value={fromEpoch} />}
        />
        {rateNames.map(([field, label]) => (
          <DataTable.Col<Rate>
            key={field}
            source={field}
            label={label}
            align="right"
            disableSort
            render={(row) => percentOf(row[field])}
          />
        ))}
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
