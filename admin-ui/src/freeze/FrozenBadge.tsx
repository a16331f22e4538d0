import AcUnit from '@mui/icons-material/AcUnitOutlined';
import { Box } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-admin';
import { useSession } from '../providers/useSession';
import { readStanding, scopeNames, standingPath, whatOf } from './freeze';

/** On every page: what is frozen, or the quiet way to freeze. */
export function FrozenBadge() {
  const session = useSession();
  const { data } = useQuery({
    queryKey: ['freezes', 'standing'],
    queryFn: ({ signal }) => readStanding(signal),
    refetchInterval: 5_000,
    enabled: session !== undefined,
  });
  if (!session || data === undefined) return null;
  const [one] = data;
  const words =
    one === undefined
      ? 'Nothing frozen'
      : data.length === 1
        ? `${one.scope === 'customer' ? whatOf(one) : scopeNames[one.scope]} frozen`
        : `${data.length} freezes stand`;
  return (
    <Box
      component={Link}
      to={one === undefined ? '/freezes' : standingPath}
      className={`tone tone-${one === undefined ? 'rest' : 'bad'}`}
      data-frozen={data.length}
      aria-label={words}
      sx={{ ml: 1, textDecoration: 'none', flexShrink: 0 }}
    >
      <AcUnit aria-hidden sx={{ fontSize: 14 }} />
      <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>
        {words}
      </Box>
    </Box>
  );
}
