import { Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { percentText, rayOf } from '../field/ratio';
import { Loaded } from '../layout/Loaded';
import { ReasonDialog } from '../layout/ReasonDialog';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { readPool } from '../pool/reads';
import { rateNames, ratesBy, type Rate, type RateValues } from '../rate/rate';
import { RatePreviewPanel } from '../rate/RatePreviewPanel';
import { readRates } from '../rate/reads';

/** The values as the API takes them; null while one is no percentage. */
function valuesOf(texts: RateValues): RateValues | null {
  const rays = ratesBy((field) => rayOf(texts[field]) ?? '');
  return Object.values(rays).includes('') ? null : rays;
}

interface FormProps {
  readonly now: Rate;
  readonly clock: number;
  readonly onClose: () => void;
}

function Form({ now, clock, onClose }: FormProps) {
  const [texts, setTexts] = useState<RateValues>(() => ratesBy((field) => percentText(now[field])));
  const [from, setFrom] = useState(String(clock + 2880));
  const values = valuesOf(texts);
  const fromEpoch = /^\d{1,15}$/.test(from.trim()) ? Number(from.trim()) : null;
  const late = fromEpoch === null || fromEpoch <= clock;
  return (
    <ReasonDialog
      title={`Propose rates of the ${now.poolId} pool`}
      verb="Propose"
      done="Proposed: somebody else has to decide."
      ready={values !== null && !late}
      run={({ reason, key }) =>
        values === null || fromEpoch === null
          ? Promise.resolve()
          : commands.proposeRates(now.poolId, { ...values, fromEpoch }, reason, key)
      }
      onClose={onClose}
    >
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', mt: 1 }}>
        {rateNames.map(([field, label]) => (
          <TextField
            key={field}
            label={`${label}, %`}
            required
            value={texts[field]}
            error={rayOf(texts[field]) === null}
            onChange={(event) => setTexts({ ...texts, [field]: event.target.value })}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
        ))}
        <TextField
          label="From epoch"
          required
          value={from}
          error={late}
          helperText={`After ${clock.toLocaleString('en')}, the pool's clock`}
          onChange={(event) => setFrom(event.target.value)}
          slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        />
      </Box>
      {values === null ? null : (
        <Box sx={{ mt: 2 }}>
          <RatePreviewPanel poolId={now.poolId} proposed={values} />
        </Box>
      )}
    </ReasonDialog>
  );
}

/** Other rates from a coming epoch on, with what they would have meant; somebody else decides. */
export function ProposeRates({ poolId }: { readonly poolId: string }) {
  const may = useMay('rate:propose');
  const [open, setOpen] = useState(false);
  if (!may) return null;
  const read = async (signal: AbortSignal) => {
    const [rates, pool] = await Promise.all([readRates(poolId, signal), readPool(poolId, signal)]);
    return { now: rates.find(({ state }) => state === 'in-force'), clock: pool.lastEpoch };
  };
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        Propose rates
      </Button>
      {open ? (
        <Loaded queryKey={['rates', 'form', poolId]} read={read} everyMs={600_000}>
          {({ now, clock }) =>
            now === undefined ? null : <Form now={now} clock={clock} onClose={() => setOpen(false)} />
          }
        </Loaded>
      ) : null}
    </>
  );
}
