import Check from '@mui/icons-material/Check';
import Close from '@mui/icons-material/Close';
import { Box } from '@mui/material';
import { shortTime } from './time';

export type StepStand = 'done' | 'now' | 'ahead' | 'stopped';

export interface Step {
  readonly key: string;
  readonly label: string;
  readonly stand: StepStand;
  /** When it was entered. */
  readonly at?: string | undefined;
}

const spoken: Readonly<Record<StepStand, string>> = {
  done: 'done',
  now: 'in progress',
  ahead: 'to come',
  stopped: 'stopped here',
};

/** The way of a thing as a row of steps: travelled, present, ahead. */
export function StepTrack({ steps, label }: { readonly steps: readonly Step[]; readonly label: string }) {
  return (
    // On a small screen it is moved sideways, by keyboard too.
    <Box role="region" aria-label={`${label}, to be moved sideways`} tabIndex={0} sx={{ overflowX: 'auto' }}>
      <Box component="ol" className="track" aria-label={label}>
        {steps.map((step, index) => (
          <li
            key={step.key}
            className={`track-${step.stand}`}
            aria-current={step.stand === 'now' ? 'step' : undefined}
          >
            <span className="track-dot" aria-hidden>
              {step.stand === 'done' ? <Check sx={{ fontSize: 13 }} /> : null}
              {step.stand === 'stopped' ? <Close sx={{ fontSize: 13 }} /> : null}
              {step.stand === 'now' || step.stand === 'ahead' ? index + 1 : null}
            </span>
            <span className="track-label">{step.label}</span>
            <span className="track-note">{step.at === undefined ? '' : shortTime(step.at)}</span>
            <span className="spoken">, {spoken[step.stand]}</span>
          </li>
        ))}
      </Box>
    </Box>
  );
}
