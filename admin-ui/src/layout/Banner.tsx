import { Box } from '@mui/material';
import { useSession } from '../providers/useSession';

/** Which installation and which network this is, in words; loud wherever it is not production. */
export function Banner() {
  const session = useSession();
  if (!session) return null;
  const production = session.environment === 'production';
  const words = [
    `${session.environment} installation`,
    session.network === null ? null : `network ${session.network.name}`,
  ].filter((word) => word !== null);
  return (
    <Box
      component="span"
      className={`tone tone-${production ? 'rest' : 'care'}`}
      data-banner
      title={words.join(' · ')}
      // Of all that stands in the bar it may be cut short: on a phone the rest must stay in reach.
      sx={{ display: 'block', minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}
    >
      {words.join(' · ')}
    </Box>
  );
}
