import { DataTable, type RaRecord } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { rateNames, type RateValues } from './rate';

interface Terms extends RateValues, RaRecord {
  readonly state: string;
  readonly fromEpoch: number;
}

/** Columns of a version of rates, proposed or made: how it stands, from when on, and each rate. */
export function RateColumns() {
  return (
    <>
      <DataTable.Col<Terms>
        source="state"
        label="State"
        disableSort
        render={({ state }) => <StateChip state={state} />}
      />
      <DataTable.Col<Terms>
        source="fromEpoch"
        label="From epoch"
        align="right"
        render={({ fromEpoch }) => <EpochField value={fromEpoch} />}
      />
      {rateNames.map(([field, label]) => (
        <DataTable.Col<Terms>
          key={field}
          source={field}
          label={label}
          align="right"
          disableSort
          render={(row) => percentOf(row[field])}
        />
      ))}
    </>
  );
}
