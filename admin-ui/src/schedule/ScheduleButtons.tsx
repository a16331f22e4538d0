import { Box } from '@mui/material';
import { wordsOf } from '../field/tone';
import { CommandButton } from '../layout/CommandButton';
import { commands, type ScheduleVerb } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Schedule } from './schedule';

/** Pause, resume, run now: each with a reason. */
export function ScheduleButtons({ schedule: { id, paused } }: { readonly schedule: Schedule }) {
  const may = useMay('schedule:steer');
  const move =
    (verb: ScheduleVerb) =>
    ({ reason, key }: { readonly reason: string; readonly key: string }) =>
      commands.moveSchedule(id, verb, reason, key);
  const name = wordsOf(id).toLowerCase();
  if (!may) return null;
  return (
    <Box sx={{ display: 'flex', gap: 1 }}>
      {paused ? (
        <CommandButton
          quiet
          label="Resume"
          title={`Resume ${name}?`}
          done={`${wordsOf(id)} goes on.`}
          run={move('resume')}
        />
      ) : (
        <CommandButton
          quiet
          label="Pause"
          title={`Pause ${name}?`}
          done={`${wordsOf(id)} is paused.`}
          run={move('pause')}
        >
          Nothing is lost: what was not counted while paused is counted in full on resuming.
        </CommandButton>
      )}
      <CommandButton
        quiet
        label="Run now"
        title={`Run ${name} now?`}
        done={`${wordsOf(id)} was started.`}
        run={move('trigger')}
      />
    </Box>
  );
}
