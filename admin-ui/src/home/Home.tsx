import { Box } from '@mui/material';
import { MoneyField } from '../field/MoneyField';
import { Loaded } from '../layout/Loaded';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { useSession } from '../providers/useSession';
import { ChainAlarm, ChainGlance } from './ChainGlance';
import { HelpWanted } from './HelpWanted';
import { PoolGlance } from './PoolGlance';
import { readHome, type Home as Figures } from './reads';
import { TileCard } from './TileCard';
import { approvalTile, tilesOf } from './tiles';

function Unattributed({ figures: { unattributed } }: { readonly figures: Figures }) {
  if (unattributed === undefined) return null;
  const { count, oldestAt, amount } = unattributed;
  const tile = {
    key: 'unattributed',
    label: 'Money of nobody',
    calm: 'suspense is empty',
    to: `/suspense-arrivals?filter=${encodeURIComponent(JSON.stringify({ state: 'unassigned' }))}`,
    urgent: true,
    work: [],
  };
  const figure =
    count === 0 ? undefined : (
      <Box component="span" sx={{ fontSize: 20 }}>
        <MoneyField value={amount} copy={false} />
      </Box>
    );
  return <TileCard tile={tile} count={{ count, oldestAt }} mine={false} figure={figure} />;
}

function Tiles({
  figures,
  permissions,
}: {
  readonly figures: Figures;
  readonly permissions: readonly string[];
}) {
  const approvals = approvalTile(figures);
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(auto-fill, minmax(205px, 1fr))' },
        mb: 2,
      }}
    >
      {approvals === null ? null : <TileCard {...approvals} />}
      {tilesOf(figures, permissions).map((shown) => (
        <TileCard key={shown.tile.key} {...shown} />
      ))}
      <Unattributed figures={figures} />
    </Box>
  );
}

function Desk({
  figures,
  permissions,
}: {
  readonly figures: Figures;
  readonly permissions: readonly string[];
}) {
  const { chain, needsAction } = figures;
  return (
    <>
      {chain == null ? null : <ChainAlarm chain={chain} />}
      {needsAction === undefined ? null : <HelpWanted needs={needsAction} />}
      <Tiles figures={figures} permissions={permissions} />
      {chain === undefined ? null : <ChainGlance chain={chain} />}
    </>
  );
}

/** What wants a person now, with the age of the oldest: what waits for the reader first; then chain and pool. */
export function Home() {
  const session = useSession();
  return (
    <Page>
      <PageHead title="Home" hint={session ? `Signed in as ${session.email}, ${session.role}` : undefined} />
      <Loaded queryKey={['home']} read={readHome}>
        {(figures) => <Desk figures={figures} permissions={session?.permissions ?? []} />}
      </Loaded>
      <PoolGlance />
    </Page>
  );
}
