/** As much of a story's event as folding needs; imports nothing, so that the root's tests can take it as it is. */
interface Foldable {
  readonly at: string;
  readonly sentence: string;
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly actor?: unknown;
  readonly links: Links;
  readonly attempts?: number;
}

type Links = Readonly<Record<string, string | number>>;

/** One line of a story, or a round of lines that went by several times word for word. */
export interface Told<Event> {
  readonly events: readonly Event[];
  readonly rounds: number;
  /** When the last of them was told. */
  readonly lastAt: string;
}

/** A watch looks, measures and waits: rounds longer than this are told line by line. */
const longestRound = 4;

/** What an event names beside the subject of its own workflow. */
export function linksBeside(links: Links, workflowId: string): [string, string | number][] {
  return Object.entries(links).filter(([name, id]) => workflowId !== `${name}/${id}`);
}

/** Nothing of note beside the sentence itself. */
function isPlain({ outcome, detail, actor, links, attempts = 1 }: Foldable, workflowId: string): boolean {
  const silent = outcome === null && detail === null && !actor && attempts === 1;
  return silent && linksBeside(links, workflowId).length === 0;
}

/** The text of an event that may be folded; null for one that says more than its sentence. */
function foldableText(event: Foldable, workflowId: string): string | null {
  return isPlain(event, workflowId) ? event.sentence : null;
}

/** How many times the `size` texts from `start` follow each other; 1 where they do not repeat. */
function roundsAt(texts: readonly (string | null)[], start: number, size: number): number {
  let end = start + size;
  while (end < texts.length && texts[end] !== null && texts[end] === texts[end - size]) end += 1;
  return Math.max(1, Math.floor((end - start) / size));
}

/** The shortest round that repeats from here. */
function roundAt(texts: readonly (string | null)[], start: number): { size: number; rounds: number } {
  for (let size = 1; size <= longestRound; size += 1) {
    const rounds = roundsAt(texts, start, size);
    if (rounds > 1) return { size, rounds };
  }
  return { size: 1, rounds: 1 };
}

/** Folds rounds that repeat: a loan that waits for income for months is a few lines, however often it looked. */
export function fold<Event extends Foldable>(events: readonly Event[], workflowId: string): Told<Event>[] {
  const texts = events.map((event) => foldableText(event, workflowId));
  const told: Told<Event>[] = [];
  let at = 0;
  while (at < events.length) {
    const { size, rounds } = roundAt(texts, at);
    const last = events[at + size * rounds - 1];
    told.push({ events: events.slice(at, at + size), rounds, lastAt: last?.at ?? '' });
    at += size * rounds;
  }
  return told;
}

/** Of a story too long for one page the beginning and the end are told; more of its middle when it is asked for. */
export interface Part<Line> {
  readonly first: readonly Line[];
  readonly left: number;
  readonly last: readonly Line[];
}

/** Lines at the end that are always told. */
const kept = 50;

/** Lines that are told at first, and at each asking. */
export const linesAtOnce = 200;

/** The first `shown` lines and the last ones; all of them where only a few would be left out. */
export function partOf<Line>(lines: readonly Line[], shown: number): Part<Line> {
  if (lines.length <= shown + 2 * kept) return { first: lines, left: 0, last: [] };
  return {
    first: lines.slice(0, shown),
    left: lines.length - shown - kept,
    last: lines.slice(-kept),
  };
}

/** Every event a line of its own. */
export function unfolded<Event extends Foldable>(events: readonly Event[]): Told<Event>[] {
  return events.map((event) => ({ events: [event], rounds: 1, lastAt: event.at }));
}
