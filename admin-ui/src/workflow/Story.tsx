import { Box } from '@mui/material';
import { exactTime, shortTime, spanText } from '../field/time';
import { StateChip } from '../field/StateChip';
import { Blank } from '../layout/Blank';
import type { StoryEvent } from './workflow';

const pauseMs = 60_000;

function Pause({ ms }: { readonly ms: number }) {
  if (ms < pauseMs) return null;
  return (
    <Box
      component="li"
      sx={{ listStyle: 'none', pl: '148px', py: '2px', color: 'text.secondary', fontSize: 12.5 }}
    >
      … {spanText(ms)} later
    </Box>
  );
}

function Sentence({ event }: { readonly event: StoryEvent }) {
  const { at, kind, sentence, attempts = 1, outcome, detail } = event;
  return (
    <Box
      component="li"
      data-event={kind}
      sx={{
        display: 'grid',
        gridTemplateColumns: '132px 1fr',
        columnGap: 2,
        py: '6px',
        borderTop: 1,
        borderColor: 'divider',
      }}
    >
      <Box
        component="time"
        dateTime={at}
        title={exactTime(at)}
        sx={{ color: 'text.secondary', fontSize: 12.5, pt: '2px', fontVariantNumeric: 'tabular-nums' }}
      >
        {shortTime(at)}
      </Box>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        {sentence}{' '}
        {attempts > 1 ? <StateChip state="retried" tone="care" label={`at attempt ${attempts}`} /> : null}{' '}
        {outcome == null ? null : <StateChip state={outcome} />}
        {detail == null ? null : <Box sx={{ color: 'text.secondary', fontSize: 12.5 }}>{detail}</Box>}
      </Box>
    </Box>
  );
}

/** A workflow as sentences, with the long pauses between them named. */
export function Story({ events }: { readonly events: readonly StoryEvent[] }) {
  if (events.length === 0) return <Blank text="Nothing has happened yet." />;
  return (
    <Box component="ol" aria-label="Story" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {events.map((event, index) => {
        const before = events[index - 1];
        const gap = before ? Date.parse(event.at) - Date.parse(before.at) : 0;
        return [
          <Pause key={`pause-${event.eventId}`} ms={gap} />,
          <Sentence key={event.eventId} event={event} />,
        ];
      })}
    </Box>
  );
}
