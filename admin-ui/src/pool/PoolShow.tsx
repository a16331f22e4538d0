import { Box } from '@mui/material';
import { percentOf } from '../field/ratio';
import { wordsOf } from '../field/tone';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { RateVersions } from '../rate/RateVersions';
import { StatementButton } from '../statement/StatementButton';
import { LossReserve } from './LossReserve';
import type { Pool } from './pool';
import { PoolCurve } from './PoolCurve';
import { PoolFigures } from './PoolFigures';
import { PoolHistory } from './PoolHistory';
import { PoolQueue } from './PoolQueue';
import { PoolStatement } from './PoolStatement';
import { readCurve, readPoints } from './reads';

function Body({ pool }: { readonly pool: Pool }) {
  return (
    <>
      <Panel title="Figures" hint="At the pool's clock: the last final tipset that is in the books">
        <PoolFigures pool={pool} />
      </Panel>
      <PoolStatement pool={pool} />
      <PoolQueue pool={pool} />
      <LossReserve pool={pool} />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <Loaded queryKey={['pools', 'points', pool.id]} read={(signal) => readPoints(pool.id, signal)}>
          {(rows) => <PoolHistory rows={rows} />}
        </Loaded>
        <Loaded
          queryKey={['pools', 'curve', pool.id]}
          read={(signal) => readCurve(pool.id, signal)}
          everyMs={60_000}
        >
          {(rows) => <PoolCurve rows={rows} pool={pool} />}
        </Loaded>
      </Box>
      <RateVersions poolId={pool.id} />
    </>
  );
}

export function PoolShow() {
  return (
    <ShowPage<Pool>
      list={['/pools', 'Pools']}
      title={({ id }) => `${wordsOf(id)} pool`}
      hint={({ utilisation }) => `${percentOf(utilisation, 2)} of it is lent`}
      side={({ id }) => <StatementButton path={`pools/${id}`} />}
      body={(pool) => <Body pool={pool} />}
    />
  );
}
