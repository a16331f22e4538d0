import type { StoryEvent } from './workflow';

/** One line of a story, or a round of lines that went by several times word for word. */
export interface Told {
  readonly events: readonly StoryEvent[];
  readonly rounds: number;
  /** When the last of them was told. */
  readonly lastAt: string;
}

/** A watch looks, measures and waits: rounds longer than this are told line by line. */
const longestRound = 4;

/** Nothing of note beside the sentence itself. */
function isPlain({ outcome, detail, actor, links, attempts = 1 }: StoryEvent): boolean {
  return outcome === null && detail === null && !actor && attempts === 1 && Object.keys(links).length === 0;
}

function sameSentence(one: StoryEvent | undefined, other: StoryEvent | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.sentence === other.sentence &&
    isPlain(one) &&
    isPlain(other)
  );
}

/** How many times the `size` events from `start` follow each other; 1 where they do not repeat. */
function roundsAt(events: readonly StoryEvent[], start: number, size: number): number {
  let end = start + size;
  while (sameSentence(events[end], events[end - size])) end += 1;
  return Math.max(1, Math.floor((end - start) / size));
}

/** The shortest round that repeats from here. */
function roundAt(events: readonly StoryEvent[], start: number): { size: number; rounds: number } {
  for (let size = 1; size <= longestRound; size += 1) {
    const rounds = roundsAt(events, start, size);
    if (rounds > 1) return { size, rounds };
  }
  return { size: 1, rounds: 1 };
}

/** Folds rounds that repeat: a loan that waits for income for months is a few lines, however often it looked. */
export function fold(events: readonly StoryEvent[]): Told[] {
  const told: Told[] = [];
  let at = 0;
  while (at < events.length) {
    const { size, rounds } = roundAt(events, at);
    const last = events[at + size * rounds - 1];
    told.push({ events: events.slice(at, at + size), rounds, lastAt: last?.at ?? '' });
    at += size * rounds;
  }
  return told;
}

/** Every event a line of its own. */
export function unfolded(events: readonly StoryEvent[]): Told[] {
  return events.map((event) => ({ events: [event], rounds: 1, lastAt: event.at }));
}
