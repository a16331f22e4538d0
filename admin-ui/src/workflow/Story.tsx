import { Box, Button } from '@mui/material';
import { useMemo, useState } from 'react';
import { StateChip } from '../field/StateChip';
import { exactTime, shortTime, spanText } from '../field/time';
import type { Tone } from '../field/tone';
import { Blank } from '../layout/Blank';
import { Loaded } from '../layout/Loaded';
import { fold, linesAtOnce, partOf, unfolded, type Told } from './fold';
import { StoryLinks } from './StoryLinks';
import { readStory } from './reads';
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

function Marks({
  event: { attempts = 1, times = 1, outcome, durationMs = 0 },
}: {
  readonly event: StoryEvent;
}) {
  return (
    <>
      {times > 1 ? <span className="aside">{times} waits in a row</span> : null}{' '}
      {attempts > 1 ? <StateChip state="retried" tone="care" label={`at attempt ${attempts}`} /> : null}{' '}
      {outcome === null ? null : <StateChip state={outcome} tone={outcomes[outcome] ?? 'bad'} />}{' '}
      {durationMs < pauseMs && attempts === 1 ? null : (
        <span className="aside">took {spanText(durationMs)}</span>
      )}
    </>
  );
}

/** From what was seen first down to what was at the bottom of it. */
function Causes({ causes }: { readonly causes: readonly string[] }) {
  return (
    <details className="aside">
      <summary>What went wrong, step by step</summary>
      <ol>
        {causes.map((cause) => (
          <li key={cause}>{cause}</li>
        ))}
      </ol>
    </details>
  );
}

/** The child's own story, read when it is opened. */
function ChildStory({ id, runId }: { readonly id: string; readonly runId: string | number | undefined }) {
  const [open, setOpen] = useState(false);
  const run = runId === undefined ? undefined : String(runId);
  return (
    <details className="aside" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Its story, here</summary>
      {open ? (
        <Loaded
          queryKey={['workflows', 'story', id, run]}
          read={(signal) => readStory(id, run, signal)}
          everyMs={60_000}
        >
          {(events) => <Story events={events} workflowId={id} />}
        </Loaded>
      ) : null}
    </details>
  );
}

function Sentence({ event, workflowId }: { readonly event: StoryEvent; readonly workflowId: string }) {
  const { at, kind, sentence, detail, actor, links } = event;
  return (
    <li data-event={kind} className="story-line">
      <time dateTime={at} title={exactTime(at)}>
        {shortTime(at)}
      </time>
      <div>
        {sentence} <Marks event={event} />
        {actor === undefined ? null : (
          <span className="aside">
            by {actor.role} {actor.id.slice(0, 8)}{' '}
          </span>
        )}
        <StoryLinks links={links} workflowId={workflowId} />
        {detail === null ? null : <div className="aside">{detail}</div>}
        {event.causes === undefined ? null : <Causes causes={event.causes} />}
        {kind === 'child' && typeof links['workflow'] === 'string' ? (
          <ChildStory id={links['workflow']} runId={links['run']} />
        ) : null}
      </div>
    </li>
  );
}

/** A round that went by several times, on one line. */
function Round({ told: { events, rounds, lastAt } }: { readonly told: Told<StoryEvent> }) {
  const at = events[0]?.at ?? lastAt;
  return (
    <li data-event="round" className="story-line">
      <time dateTime={at} title={exactTime(at)}>
        {shortTime(at)}
      </time>
      <div>
        {events.map(({ sentence }) => sentence).join(' → ')}{' '}
        <span className="aside">
          {rounds} times, last {shortTime(lastAt)}
        </span>
      </div>
    </li>
  );
}

interface StoryProps {
  readonly events: readonly StoryEvent[];
  readonly workflowId: string;
}

interface LinesProps {
  readonly lines: readonly Told<StoryEvent>[];
  readonly workflowId: string;
  readonly label: string;
}

function Lines({ lines, workflowId, label }: LinesProps) {
  return (
    <Box component="ol" aria-label={label} sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {lines.map((told, index) => {
        const [event] = told.events;
        const before = lines[index - 1];
        if (!event) return null;
        const gap = before ? Date.parse(event.at) - Date.parse(before.lastAt) : 0;
        return [
          <Pause key={`pause-${event.eventId}`} ms={gap} />,
          told.rounds > 1 ? (
            <Round key={event.eventId} told={told} />
          ) : (
            <Sentence key={event.eventId} event={event} workflowId={workflowId} />
          ),
        ];
      })}
    </Box>
  );
}

/** Between the beginning and the end of a long story: how much is not shown, and more of it. */
function Gap({ left, onMore }: { readonly left: number; readonly onMore: (lines: number) => void }) {
  const next = Math.min(left, linesAtOnce);
  return (
    <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', py: 1, pl: '148px', color: 'text.secondary' }}>
      {left.toLocaleString('en')} more lines
      <Button onClick={() => onMore(next)}>Show the next {next}</Button>
      {next === left ? null : <Button onClick={() => onMore(left)}>Show all</Button>}
    </Box>
  );
}

/** A workflow as sentences, with the long pauses between them named and what repeats folded. */
export function Story({ events, workflowId }: StoryProps) {
  const [whole, setWhole] = useState(false);
  const [shown, setShown] = useState(linesAtOnce);
  const folded = useMemo(() => fold(events, workflowId), [events, workflowId]);
  if (events.length === 0) return <Blank text="Nothing has happened yet." />;
  const { first, left, last } = partOf(whole ? unfolded(events) : folded, shown);
  return (
    <>
      {folded.length === events.length ? null : (
        <Button onClick={() => setWhole(!whole)} aria-pressed={whole} sx={{ mb: 1 }}>
          {whole ? 'Fold what repeats' : `Show all ${events.length.toLocaleString('en')} lines`}
        </Button>
      )}
      <Lines lines={first} workflowId={workflowId} label="Story" />
      {left === 0 ? null : (
        <>
          <Gap left={left} onMore={(lines) => setShown(shown + lines)} />
          <Lines lines={last} workflowId={workflowId} label="The end of the story" />
        </>
      )}
    </>
  );
}
