import { Box } from '@mui/material';
import { standWords, type SlotStand } from './sender';

const stands: readonly SlotStand[] = [
  'landed',
  'included',
  'waiting',
  'behind',
  'stuck',
  'failed',
  'conflict',
];

/** What the marks of a lane mean. */
export function Key() {
  return (
    <Box
      component="ul"
      aria-label="Key"
      sx={{
        listStyle: 'none',
        display: 'flex',
        flexWrap: 'wrap',
        gap: '4px 18px',
        m: 0,
        p: 0,
        mb: 1.5,
        fontSize: 12.5,
        color: 'text.secondary',
      }}
    >
      {stands.map((stand) => (
        <li key={stand}>
          <span className={`slot-mark slot-${stand}`} aria-hidden /> {standWords[stand]}
        </li>
      ))}
      <li>bars: attempts, the filled one landed</li>
      <li>↺ taken back by a reorg</li>
    </Box>
  );
}
