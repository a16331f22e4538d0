import { Box, ToggleButton, ToggleButtonGroup } from '@mui/material';
import { useState } from 'react';
import { Loaded } from '../layout/Loaded';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { Compared } from './Compared';
import { Curve } from './Curve';
import { readCompared, readFigures, readOpenCurve, readSeries, type Every } from './figure';
import { Now } from './Now';
import { MoneyOverTime, RatesOverTime, UtilisationOverTime } from './OverTime';

const pair = {
  display: 'grid',
  columnGap: 2,
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
} as const;

function History() {
  const [every, setEvery] = useState<Every>('hour');
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mb: 1.5 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={every}
          aria-label="One point for each"
          onChange={(_, chosen: Every | null) => setEvery(chosen ?? every)}
        >
          <ToggleButton value="hour">Hours</ToggleButton>
          <ToggleButton value="day">Days</ToggleButton>
        </ToggleButtonGroup>
        <span>The last booking of each, UTC</span>
      </Box>
      <Loaded
        queryKey={['open', 'series', every]}
        read={(signal) => readSeries(every, signal)}
        everyMs={30_000}
      >
        {(rows) => (
          <Box sx={pair}>
            <UtilisationOverTime rows={rows} />
            <RatesOverTime rows={rows} />
            <MoneyOverTime rows={rows} />
          </Box>
        )}
      </Loaded>
    </>
  );
}

/** What the public sees under /public/v1, without a sign-in. */
export function FigurePage() {
  return (
    <Page>
      <PageHead
        title="Open figures"
        hint="What everybody sees under /public/v1, read from there: no sign-in, no person in it."
      />
      <Loaded queryKey={['open', 'figures']} read={readFigures}>
        {(figures) => <Now figures={figures} />}
      </Loaded>
      <Loaded queryKey={['open', 'comparisons']} read={readCompared} everyMs={30_000}>
        {(rows) => <Compared rows={rows} />}
      </Loaded>
      <Box sx={pair}>
        <Loaded queryKey={['open', 'curve']} read={readOpenCurve} everyMs={30_000}>
          {(curve) => <Curve curve={curve} />}
        </Loaded>
      </Box>
      <History />
    </Page>
  );
}
