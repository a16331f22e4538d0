import { Card } from '@mui/material';
import { StateChip } from '../field/StateChip';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { Key } from './Key';
import { nameOf, type Sender } from './sender';
import { SenderCard } from './SenderCard';
import { SlotTable } from './SlotTable';
import { UnfreezeButton } from './UnfreezeButton';

/** One sending address with all its nonces, as lane and as table. */
export function SenderShow() {
  return (
    <ShowPage<Sender>
      list={['/senders', 'Senders']}
      title={({ kind }) => nameOf(kind)}
      hint={({ mode, address }) => (
        <>
          <StateChip state={mode} tone={mode === 'active' ? 'good' : 'bad'} /> {address}
        </>
      )}
      side={(sender) => <UnfreezeButton sender={sender} />}
      body={(sender) => (
        <>
          <Key />
          <Card sx={{ mb: 2 }}>
            <SenderCard sender={sender} table={false} />
          </Card>
          <Panel title="Nonces" hint="Newest first" flush>
            <SlotTable sender={sender} />
          </Panel>
        </>
      )}
    />
  );
}
