import { DataTable, type DataTableProps, type RaRecord } from 'react-admin';
import { Blank } from './Blank';

interface RowsProps<Row extends RaRecord> extends Pick<
  DataTableProps<Row>,
  'children' | 'rowClick' | 'rowSx'
> {
  readonly empty: string;
}

/** The table of a list page: never with bulk actions; a click or Enter opens the record. */
export function Rows<Row extends RaRecord>({ empty, rowClick = 'show', ...rest }: RowsProps<Row>) {
  return (
    <DataTable<Row> bulkActionButtons={false} rowClick={rowClick} empty={<Blank text={empty} />} {...rest} />
  );
}
