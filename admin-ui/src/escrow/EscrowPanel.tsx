import { Box, Button } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Nothing } from '../field/Nothing';
import { TimeField } from '../field/TimeField';
import { Blank } from '../layout/Blank';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { Scroll } from '../layout/Scroll';
import { journeyOf, labelOf, type Journey } from './path';
import { Picture } from './Picture';

interface EscrowPanelProps {
  readonly steps: Parameters<typeof journeyOf>[0];
  /** The escrow's ID address, once it is final. */
  readonly escrow: string | null;
}

function Hops({ hops }: Pick<Journey, 'hops'>) {
  return (
    <PlainTable
      label="The way of the owner role"
      rows={hops}
      keyOf={(_, index) => String(index)}
      empty="Nothing travelled yet."
      columns={[
        { label: 'From', cell: ({ from }) => (from === null ? <Nothing /> : labelOf(from)) },
        { label: 'To', cell: ({ to }) => labelOf(to) },
        { label: 'Epoch', align: 'right', cell: ({ visit }) => <EpochField value={visit.epoch} /> },
        { label: 'When', cell: ({ visit }) => <TimeField value={visit.at} /> },
        {
          label: 'Message',
          cell: ({ visit: { messageId } }) =>
            messageId === null ? (
              <Nothing />
            ) : (
              <Link to={`/messages/${encodeURIComponent(messageId)}/show`}>open</Link>
            ),
        },
      ]}
    />
  );
}

/** The escrow of a loan as a picture of its states, or the same as a table. */
export function EscrowPanel({ steps, escrow }: EscrowPanelProps) {
  const [table, setTable] = useState(false);
  const journey = journeyOf(steps);
  if (journey.now === null) {
    return (
      <Panel title="Escrow">
        <Blank text="The owner role has not moved: an escrow is offered when the loan is approved." />
      </Panel>
    );
  }
  return (
    <Panel
      title="Escrow"
      hint="Who owns the miner, and the way it went"
      flush={table}
      side={
        <Button onClick={() => setTable(!table)} aria-pressed={table}>
          {table ? 'Show as picture' : 'Show as table'}
        </Button>
      }
    >
      {table ? (
        <Hops hops={journey.hops} />
      ) : (
        <>
          <Scroll label="Escrow, as a picture">
            <Picture journey={journey} escrow={escrow} />
          </Scroll>
          {journey.next === null ? null : (
            <Box sx={{ mt: 1.5, fontSize: 13.5, color: 'text.secondary' }}>
              <strong>What may come:</strong> {journey.next}
            </Box>
          )}
        </>
      )}
    </Panel>
  );
}
