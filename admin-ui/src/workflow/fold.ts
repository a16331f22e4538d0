import type { StoryEvent } from './workflow';

/** A sentence that was told several times in a row, or once. */
export interface Told {
  readonly event: StoryEvent;
  readonly times: number;
  /** When it was told last. */
  readonly lastAt: string;
}

/** Nothing of note beside the sentence itself. */
function isPlain({ outcome, detail, actor, links, attempts = 1 }: StoryEvent): boolean {
  return outcome === null && detail === null && !actor && attempts === 1 && Object.keys(links).length === 0;
}

/** Folds sentences that follow each other word for word: a poll of the chain is one line, however often it ran. */
export function fold(events: readonly StoryEvent[]): Told[] {
  const told: Told[] = [];
  for (const event of events) {
    const before = told.at(-1);
    const again =
      before && before.event.sentence === event.sentence && isPlain(before.event) && isPlain(event);
    if (again) told[told.length - 1] = { ...before, times: before.times + 1, lastAt: event.at };
    else told.push({ event, times: 1, lastAt: event.at });
  }
  return told;
}
