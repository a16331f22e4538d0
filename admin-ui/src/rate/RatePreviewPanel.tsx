import { Box } from '@mui/material';
import { ChartFrame } from '../chart/ChartFrame';
import { LineChart } from '../chart/LineChart';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { epochText, percentText, pointsBy } from '../pool/drawing';
import { drawnApr, type RateValues } from './rate';
import { readPreview, readRates, type RatePreview } from './reads';

const steps = Array.from({ length: 21 }, (_, index) => index / 20);

/** Both curves side by side. */
function Curves({ now, proposed }: { readonly now: RateValues; readonly proposed: RateValues }) {
  const drawn = (values: RateValues) => steps.map((x) => ({ x, y: drawnApr(values, x) }));
  return (
    <ChartFrame
      title="Borrow APR by utilisation, in force and proposed"
      rows={steps}
      keyOf={String}
      columns={[
        { label: 'Utilisation', align: 'right', cell: percentText },
        { label: 'In force', align: 'right', cell: (x) => percentText(drawnApr(now, x)) },
        { label: 'Proposed', align: 'right', cell: (x) => percentText(drawnApr(proposed, x)) },
      ]}
    >
      <LineChart
        label="Borrow APR by utilisation, in force and proposed"
        series={[
          { name: 'in force', points: drawn(now) },
          { name: 'proposed', points: drawn(proposed), dashed: true },
        ]}
        xText={percentText}
        yText={percentText}
        xName="utilisation"
        xRange={[0, 1]}
      />
    </ChartFrame>
  );
}

function Past({ preview: { points } }: { readonly preview: RatePreview }) {
  return (
    <ChartFrame
      title="Borrow APR over the last 90 days"
      rows={points}
      keyOf={({ epoch }) => String(epoch)}
      columns={[
        { label: 'Epoch', align: 'right', cell: ({ epoch }) => <EpochField value={epoch} /> },
        { label: 'Utilisation', align: 'right', cell: (row) => percentOf(row.utilisation) },
        { label: 'Borrow APR, was', align: 'right', cell: ({ was }) => percentOf(was.borrowApr) },
        { label: 'would have been', align: 'right', cell: ({ would }) => percentOf(would.borrowApr) },
        { label: 'Deposit APR, was', align: 'right', cell: ({ was }) => percentOf(was.depositApr) },
        { label: 'would be', align: 'right', cell: ({ would }) => percentOf(would.depositApr) },
      ]}
    >
      <LineChart
        label="Borrow APR of the last 90 days, as it was and as it would have been"
        stepped
        series={[
          {
            name: 'as it was',
            points: pointsBy(
              points,
              ({ epoch }) => epoch,
              ({ was }) => was.borrowApr,
            ),
          },
          {
            name: 'at the proposed rates',
            points: pointsBy(
              points,
              ({ epoch }) => epoch,
              ({ would }) => would.borrowApr,
            ),
            dashed: true,
          },
        ]}
        xText={epochText}
        yText={percentText}
        xName="epoch"
      />
    </ChartFrame>
  );
}

function Earned({ preview: { was, would } }: { readonly preview: RatePreview }) {
  const pair = (what: string, field: keyof RatePreview['was']) => [
    { label: `${what}, as it was`, value: <MoneyField value={was[field]} /> },
    { label: 'at the proposed rates', value: <MoneyField value={would[field]} /> },
  ];
  return (
    <Panel
      title="What it would have earned"
      hint="An estimate: utilisation and debt as they were, loans at a fixed rate left out"
    >
      <Facts
        columns={2}
        facts={[
          ...pair('Interest', 'interest'),
          ...pair('to depositors', 'toDepositors').map((fact, index) =>
            index === 0 ? fact : { ...fact, label: 'to depositors, at the proposed rates' },
          ),
          ...pair('to the loss reserve', 'toReserve').map((fact, index) =>
            index === 0 ? fact : { ...fact, label: 'to the loss reserve, at the proposed rates' },
          ),
        ]}
      />
    </Panel>
  );
}

/** What rates would have meant over the last 90 days, beside what was. */
export function RatePreviewPanel({
  poolId,
  proposed,
}: {
  readonly poolId: string;
  readonly proposed: RateValues;
}) {
  const { base, slope1, slope2, kink, reserveFactor } = proposed;
  const read = (signal: AbortSignal) => readPreview(poolId, proposed, signal);
  const key = [poolId, base, slope1, slope2, kink, reserveFactor];
  return (
    <>
      <Box
        sx={{
          display: 'grid',
          columnGap: 2,
          gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))',
        }}
      >
        <Loaded queryKey={['rates', poolId]} read={(signal) => readRates(poolId, signal)} everyMs={60_000}>
          {(rates) => {
            const now = rates.find(({ state }) => state === 'in-force');
            return now === undefined ? null : <Curves now={now} proposed={proposed} />;
          }}
        </Loaded>
        <Loaded queryKey={['rate-preview', ...key]} read={read} everyMs={60_000}>
          {(preview) => <Past preview={preview} />}
        </Loaded>
      </Box>
      <Loaded queryKey={['rate-preview', ...key]} read={read} everyMs={60_000}>
        {(preview) => <Earned preview={preview} />}
      </Loaded>
    </>
  );
}
