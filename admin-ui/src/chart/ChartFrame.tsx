import { Button } from '@mui/material';
import { useState, type ReactNode } from 'react';
import { Blank } from '../layout/Blank';
import { Panel } from '../layout/Panel';
import { PlainTable, type PlainColumn } from '../layout/PlainTable';

interface ChartFrameProps<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly PlainColumn<Row>[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly children: ReactNode;
}

/** A picture and, at a click, the same figures as a table. */
export function ChartFrame<Row>({ title, rows, columns, keyOf, children }: ChartFrameProps<Row>) {
  const [table, setTable] = useState(false);
  return (
    <Panel
      title={title}
      flush={table}
      side={
        <Button onClick={() => setTable(!table)} aria-pressed={table} disabled={rows.length === 0}>
          {table ? 'Show as picture' : 'Show as table'}
        </Button>
      }
    >
      {rows.length === 0 ? (
        <Blank text="No figures yet: the first are written when interest is first counted." />
      ) : null}
      {rows.length > 0 && table ? (
        <div
          style={{ maxHeight: 320, overflowY: 'auto' }}
          role="region"
          tabIndex={0}
          aria-label={`${title}, as a table`}
        >
          <PlainTable label={title} rows={rows} columns={columns} keyOf={keyOf} empty="" />
        </div>
      ) : null}
      {rows.length > 0 && !table ? children : null}
    </Panel>
  );
}
