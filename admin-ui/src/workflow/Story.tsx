import { Box } from '@mui/material';
import { StateChip } from '../field/StateChip';
import { exactTime, shortTime, spanText } from '../field/time';
import type { Tone } from '../field/tone';
import { Blank } from '../layout/Blank';
import { fold, type Told } from './fold';
import { StoryLinks } from './StoryLinks';
import type { StoryEvent } from './workflow';

/** Pauses of at least this long are told. */
const pauseMs = 60_000;

const outcomes: Readonly<Record<string, Tone>> = {
  waiting: 'wait',
  running: 'run',
  'ended early': 'rest',
  refused: 'care',
};

function Pause({ ms }: { readonly ms: number }) {
  if (ms < pauseMs) return null;
  return (
    <Box component="li" sx={{ pl: '148px', py: '2px', color: 'text.secondary', fontSize: 12.5 }}>
      … {spanText(ms)} later
    </Box>
  );
}

function Marks({ event: { attempts = 1, outcome, durationMs = 0 } }: { readonly event: StoryEvent }) {
  return (
    <>
      {attempts > 1 ? <StateChip state="retried" tone="care" label={`at attempt ${attempts}`} /> : null}{' '}
      {outcome === null ? null : <StateChip state={outcome} tone={outcomes[outcome] ?? 'bad'} />}{' '}
      {durationMs < pauseMs ? null : (
        <Box component="span" sx={{ color: 'text.secondary', fontSize: 12.5 }}>
          took {spanText(durationMs)}
        </Box>
      )}
    </>
  );
}

function Sentence({ told, workflowId }: { readonly told: Told; readonly workflowId: string }) {
  const { event, times, lastAt } = told;
  const { at, kind, sentence, detail, actor, links } = event;
  return (
    <Box component="li" data-event={kind} className="story-line">
      <time dateTime={at} title={exactTime(at)}>
        {shortTime(at)}
      </time>
      <div>
        {sentence} <Marks event={event} />
        {times === 1 ? null : (
          <Box component="span" sx={{ color: 'text.secondary', fontSize: 12.5 }}>
            {times} times, last {shortTime(lastAt)}
          </Box>
        )}
        {actor === undefined ? null : (
          <Box component="span" sx={{ color: 'text.secondary', fontSize: 12.5, mr: 1.5 }}>
            by {actor.role} {actor.id.slice(0, 8)}
          </Box>
        )}
        <StoryLinks links={links} workflowId={workflowId} />
        {detail === null ? null : <Box sx={{ color: 'text.secondary', fontSize: 12.5 }}>{detail}</Box>}
      </div>
    </Box>
  );
}

interface StoryProps {
  readonly events: readonly StoryEvent[];
  readonly workflowId: string;
}

/** A workflow as sentences, with the long pauses between them named. */
export function Story({ events, workflowId }: StoryProps) {
  if (events.length === 0) return <Blank text="Nothing has happened yet." />;
  return (
    <Box component="ol" aria-label="Story" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {fold(events).map((told, index, all) => {
        const { event } = told;
        const before = all[index - 1];
        const gap = before ? Date.parse(event.at) - Date.parse(before.lastAt) : 0;
        return [
          <Pause key={`pause-${event.eventId}`} ms={gap} />,
          <Sentence key={event.eventId} told={told} workflowId={workflowId} />,
        ];
      })}
    </Box>
  );
}
