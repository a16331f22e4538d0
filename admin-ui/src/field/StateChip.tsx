import Autorenew from '@mui/icons-material/Autorenew';
import CheckCircle from '@mui/icons-material/CheckCircleOutlined';
import ErrorOutline from '@mui/icons-material/ErrorOutlined';
import HourglassEmpty from '@mui/icons-material/HourglassEmpty';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import WarningAmber from '@mui/icons-material/WarningAmberOutlined';
import { Box } from '@mui/material';
import type { SvgIconComponent } from '@mui/icons-material';
import { Nothing } from './Nothing';
import { type Tone, toneOf, wordsOf } from './tone';

const icons: Readonly<Record<Tone, SvgIconComponent>> = {
  rest: RadioButtonUnchecked,
  wait: HourglassEmpty,
  run: Autorenew,
  good: CheckCircle,
  care: WarningAmber,
  bad: ErrorOutline,
};

interface StateChipProps {
  readonly state: string | null | undefined;
  readonly label?: string;
  readonly tone?: Tone;
}

/** A state as icon and words on a quiet ground. */
export function StateChip({ state, label, tone }: StateChipProps) {
  if (state == null || state === '') return <Nothing />;
  const kind = tone ?? toneOf(state);
  const Icon = icons[kind];
  return (
    <Box component="span" className={`tone tone-${kind}`} data-state={state}>
      <Icon aria-hidden sx={{ fontSize: 14 }} />
      {label ?? wordsOf(state)}
    </Box>
  );
}
