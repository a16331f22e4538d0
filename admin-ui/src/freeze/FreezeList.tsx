import { DataTable } from 'react-admin';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { causeOf, whatOf, type Freeze } from './freeze';
import { FreezeButton } from './FreezeButton';
import { LiftButton } from './LiftButton';

const stands = [
  { value: null, label: 'All' },
  { value: true, label: 'Frozen' },
  { value: false, label: 'Lifted' },
];

export function FreezeList() {
  return (
    <ListPage
      title="Freezes"
      hint="One person stops what leaves the platform, at once; two people let it go on."
      sort={{ field: 'frozenAt', order: 'DESC' }}
      filters={<ChoiceFilter source="standing" label="Stands" choices={stands} />}
      side={<FreezeButton />}
    >
      <Rows<Freeze> empty="Nothing is frozen, and nothing ever was.">
        <DataTable.Col<Freeze>
          source="frozenAt"
          label="Frozen"
          render={({ frozenAt }) => <TimeField value={frozenAt} />}
        />
        <DataTable.Col<Freeze>
          source="standing"
          label="Stands"
          disableSort
          render={({ standing }) => (
            <StateChip
              state={standing ? 'frozen' : 'lifted'}
              tone={standing ? 'bad' : 'good'}
              label={standing ? 'Frozen' : 'Lifted'}
            />
          )}
        />
        <DataTable.Col<Freeze> source="scope" label="What" disableSort render={whatOf} />
        <DataTable.Col<Freeze> source="reason" label="Because" disableSort render={({ reason }) => reason} />
        <DataTable.Col<Freeze> source="setBy" label="By" disableSort render={causeOf} />
        <DataTable.Col<Freeze>
          source="waiting"
          label="Messages waiting"
          align="right"
          disableSort
          render={({ waiting }) => waiting}
        />
        <DataTable.Col<Freeze>
          source="approvalId"
          label="Lifting"
          disableSort
          render={(row) => <LiftButton freeze={row} />}
        />
      </Rows>
    </ListPage>
  );
}
