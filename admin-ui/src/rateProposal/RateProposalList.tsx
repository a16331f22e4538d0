import { DataTable } from 'react-admin';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { RateColumns } from '../rate/RateColumns';
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
        <RateColumns />
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
