import { Alert } from '@mui/material';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { AgeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import type { ChainStanding } from './reads';

/** Says that booking stopped or that the chain stands still; nothing while all is well. */
export function ChainAlarm({ chain }: { readonly chain: ChainStanding }) {
  const { halted, stalled, headAt } = chain;
  if (halted === null && !stalled) return null;
  return (
    <Alert severity="error" variant="outlined" sx={{ mb: 2 }}>
      {halted === null ? (
        <>
          The chain stands still: no new head since <AgeField value={headAt} />. Nothing is booked until it
          goes on.
        </>
      ) : (
        <>Booking stopped: {halted}</>
      )}
    </Alert>
  );
}

function stand({ halted, stalled }: ChainStanding) {
  if (halted !== null) return <StateChip state="halted" tone="bad" label="Booking stopped" />;
  if (stalled) return <StateChip state="stalled" tone="bad" label="Stands still" />;
  return <StateChip state="following" tone="good" label="Goes on" />;
}

/** The chain at a glance: its head, what is booked, how far apart. */
export function ChainGlance({ chain }: { readonly chain: ChainStanding | null }) {
  return (
    <Panel title="The chain" side={chain === null ? <Nothing /> : stand(chain)}>
      {chain === null ? (
        'chain-watch has not begun: nothing has been walked yet.'
      ) : (
        <Facts
          columns={4}
          facts={[
            { label: 'Head', value: <EpochField value={chain.head} /> },
            { label: 'Walked', value: <AgeField value={chain.headAt} /> },
            { label: 'Booked up to', value: <EpochField value={chain.clock} /> },
            { label: 'Not yet final', value: `${(chain.head - chain.clock).toLocaleString('en')} epochs` },
          ]}
        />
      )}
    </Panel>
  );
}
