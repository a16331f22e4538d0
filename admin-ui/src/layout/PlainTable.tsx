import { Box, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import type { ReactNode } from 'react';

export interface PlainColumn<Row> {
  readonly label: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => ReactNode;
}

interface PlainTableProps<Row> {
  readonly label: string;
  readonly columns: readonly PlainColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly empty: string;
}

/** A small table within a page: no sorting, no paging. */
export function PlainTable<Row>({ label, columns, rows, keyOf, empty }: PlainTableProps<Row>) {
  if (rows.length === 0) {
    return <Box sx={{ px: 2.5, pb: 2.5, pt: 0.5, color: 'text.secondary', fontSize: 14 }}>{empty}</Box>;
  }
  return (
    <Table size="small" aria-label={label}>
      <TableHead>
        <TableRow>
          {columns.map((column) => (
            <TableCell key={column.label} align={column.align ?? 'left'}>
              {column.label}
            </TableCell>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map((row, index) => (
          <TableRow key={keyOf(row, index)}>
            {columns.map((column) => (
              <TableCell key={column.label} align={column.align ?? 'left'}>
                {column.cell(row)}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
