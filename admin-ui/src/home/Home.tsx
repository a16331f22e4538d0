import { Box, Card } from '@mui/material';
import { Link } from 'react-admin';
import { AgeField } from '../field/TimeField';
import { Loaded } from '../layout/Loaded';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { useSession } from '../providers/useSession';
import { Needs } from './Needs';
import { PoolGlance } from './PoolGlance';
import { readHome, type Count, type Home as Figures } from './reads';
import { tilesOf, type Tile } from './tiles';

function TileCard({ tile, count: { count, oldestAt } }: { readonly tile: Tile; readonly count: Count }) {
  const idle = count === 0;
  return (
    <Card
      component={Link}
      to={tile.to}
      data-tile={tile.key}
      sx={{
        p: 2,
        display: 'block',
        color: 'text.primary',
        borderLeft: '4px solid',
        borderLeftColor: idle ? 'divider' : tile.urgent ? 'error.main' : 'primary.main',
        textDecoration: 'none',
        '&:hover': { textDecoration: 'none', borderColor: 'primary.main' },
      }}
    >
      <Box sx={{ fontSize: 13, color: 'text.secondary' }}>{tile.label}</Box>
      <Box
        sx={{
          fontSize: 28,
          fontWeight: 650,
          lineHeight: 1.3,
          color: idle ? 'text.secondary' : 'text.primary',
          fontVariantNumeric: 'tabular-nums',
        }}
      >
        {count}
      </Box>
      <Box sx={{ fontSize: 12.5, color: 'text.secondary' }}>
        {oldestAt === null || idle ? (
          tile.calm
        ) : (
          <>
            oldest: <AgeField value={oldestAt} />
          </>
        )}
      </Box>
    </Card>
  );
}

function Tiles({ figures }: { readonly figures: Figures }) {
  return (
    <Box
      sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fill, minmax(210px, 1fr))', mb: 3 }}
    >
      {tilesOf(figures).map(([tile, count]) => (
        <TileCard key={tile.key} tile={tile} count={count} />
      ))}
    </Box>
  );
}

/** What wants a person now, with the age of the oldest; then the pool at a glance. */
export function Home() {
  const session = useSession();
  return (
    <Page>
      <PageHead title="Home" hint={session ? `Signed in as ${session.email}, ${session.role}` : undefined} />
      <Loaded queryKey={['home']} read={readHome}>
        {(figures) => (
          <>
            <Needs figures={figures} />
            <Tiles figures={figures} />
          </>
        )}
      </Loaded>
      <PoolGlance />
    </Page>
  );
}
