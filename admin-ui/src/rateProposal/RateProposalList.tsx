import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { rateNames } from '../rate/rate';
import { ProposeRates } from './ProposeRates';
import type { RateProposal } from './rateProposal';

export function RateProposalList() {
  return (
    <ListPage
      title="Rate proposals"
      hint="One proposes, another decides before their epoch is in the books."
      sort={{ field: 'createdAt', order: 'DESC' }}
      side={<ProposeRates poolId="flexible" />}
    >
      <Rows<RateProposal> empty="Nobody has proposed other rates.">
        <DataTable.Col<RateProposal>
          source="createdAt"
          label="Proposed"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<RateProposal> source="poolId" label="Pool" render={({ poolId }) => wordsOf(poolId)} />
        <DataTable.Col<RateProposal>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<RateProposal>
          source="fromEpoch"
          label="From epoch"
          align="right"
          render={({ fromEpoch }) => <EpochField value={fromEpoch} />}
        />
        {rateNames.map(([field, label]) => (
          <DataTable.Col<RateProposal>
            key={field}
            source={field}
            label={label}
            align="right"
            disableSort
            render={(row) => percentOf(row[field])}
          />
        ))}
        <DataTable.Col<RateProposal>
          source="makerEmail"
          label="By"
          disableSort
          render={({ makerEmail, makerId }) => makerEmail ?? makerId}
        />
      </Rows>
    </ListPage>
  );
}
