import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { Panel } from '../layout/Panel';
import type { Pool } from './pool';

const waiting = `/redemptions?filter=${encodeURIComponent('{"state":"waiting"}')}`;

/** Who waits for money out of the pool; nothing is lent meanwhile. */
export function PoolQueue({ pool: { queue } }: { readonly pool: Pool }) {
  if (queue === undefined) return null;
  return (
    <Panel
      title="Redemption queue"
      hint="First come, first served; while anybody waits nothing is lent"
      side={<Link to={waiting}>Who waits</Link>}
    >
      {queue.waiting === 0 ? (
        <Box component="p" sx={{ m: 0, color: 'text.secondary' }}>
          Nobody waits: requests are paid at once.
        </Box>
      ) : (
        <Facts
          facts={[
            { label: 'Requests that wait', value: queue.waiting.toLocaleString('en') },
            { label: 'What they are worth now', value: <MoneyField value={queue.worth} /> },
            { label: 'Requests ever placed', value: queue.placed.toLocaleString('en') },
          ]}
        />
      )}
    </Panel>
  );
}
