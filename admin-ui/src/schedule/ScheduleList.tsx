import { DataTable } from 'react-admin';
import { StateChip } from '../field/StateChip';
import { AgeField, TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { ScheduleButtons } from './ScheduleButtons';
import type { Schedule } from './schedule';

export function ScheduleList() {
  return (
    <ListPage
      title="Schedules"
      hint="What runs by the clock. A paused accrual is caught up in full when it goes on."
      sort={{ field: 'id', order: 'ASC' }}
    >
      <Rows<Schedule> rowClick={false} empty="No schedule is set up.">
        <DataTable.Col<Schedule> source="id" label="Schedule" disableSort render={({ id }) => wordsOf(id)} />
        <DataTable.Col<Schedule>
          source="paused"
          label="State"
          disableSort
          render={({ paused }) => (
            <StateChip state={paused ? 'paused' : 'running'} tone={paused ? 'care' : 'good'} />
          )}
        />
        <DataTable.Col<Schedule>
          source="lastRunAt"
          label="Last run"
          disableSort
          render={({ lastRunAt }) => <AgeField value={lastRunAt} />}
        />
        <DataTable.Col<Schedule>
          source="nextRunAt"
          label="Next run"
          disableSort
          render={({ nextRunAt }) => <TimeField value={nextRunAt} />}
        />
        <DataTable.Col<Schedule> source="note" label="Note" disableSort render={({ note }) => note ?? ''} />
        <DataTable.Col<Schedule>
          source="actions"
          label="Steer"
          disableSort
          render={(row) => <ScheduleButtons schedule={row} />}
        />
      </Rows>
    </ListPage>
  );
}
