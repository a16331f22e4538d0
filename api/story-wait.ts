/** Waits that follow each other are one wait, however often it was looked whether it is over. */
import type { StoryEntry } from './story-entry';

/** A wait, or a nudge in the middle of one: the signal says no more than that it is worth looking. */
const isWait = ({ kind }: StoryEntry): boolean => kind === 'timer';
const isNudge = ({ kind, sentence }: StoryEntry): boolean =>
  kind === 'signal' && sentence === 'Was told to look again';

/** Where the waits end that begin at `start`: behind the last wait of the same sentence; nudges between count. */
function endOfWaits(entries: readonly StoryEntry[], start: number): number {
  let end = start + 1;
  for (let at = end; at < entries.length; at += 1) {
    const entry = entries[at];
    if (entry === undefined || (!isNudge(entry) && !isWait(entry))) break;
    if (isWait(entry)) {
      if (entry.sentence !== entries[start]?.sentence) break;
      end = at + 1;
    }
  }
  return end;
}

function oneOf(waits: readonly StoryEntry[], first: StoryEntry): StoryEntry {
  const timers = waits.filter(isWait);
  const last = timers.at(-1) ?? first;
  const until = last.durationMs === undefined ? null : Date.parse(last.at) + last.durationMs;
  const { eventId, at, kind, sentence, detail, links } = first;
  return {
    ...{ eventId, at, kind, sentence, detail, links },
    outcome: last.outcome,
    times: timers.length,
    ...(until === null ? {} : { durationMs: until - Date.parse(at) }),
    evidence: waits.flatMap(({ evidence }) => evidence),
  };
}

/** Folds runs of the same wait into one that lasts from the first to the last and keeps all their evidence. */
export function foldWaits(entries: readonly StoryEntry[]): StoryEntry[] {
  const told: StoryEntry[] = [];
  for (let at = 0; at < entries.length;) {
    const first = entries[at];
    if (first === undefined) break;
    const end = isWait(first) ? endOfWaits(entries, at) : at + 1;
    told.push(end > at + 1 ? oneOf(entries.slice(at, end), first) : first);
    at = end;
  }
  return told;
}
