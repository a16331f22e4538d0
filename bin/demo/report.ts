/** What the demo shows while it plays: numbered steps, plain sentences, checks with the figures they compared. */

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly seen: string;
}

export interface Report {
  /** Opens a numbered step. */
  step(title: string): void;
  /** One sentence on what happened. */
  say(sentence: string): void;
  /** A line that is overwritten while something is waited for (a terminal only). */
  progress(text: string): void;
  /** Compares exactly and records the outcome; a failed check does not stop the play. */
  check(name: string, seen: unknown, expected: unknown): void;
  /** Records a figure, an id or a CID for the JSON document. */
  note(path: string, value: unknown): void;
  readonly checks: readonly Check[];
  readonly notes: Readonly<Record<string, unknown>>;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Makes the report of one play; with `quiet` sentences go to stderr so that stdout holds the JSON document alone. */
export function makeReport({ quiet, steps }: { quiet: boolean; steps: number }): Report {
  const out = quiet ? process.stderr : process.stdout;
  const started = performance.now();
  const checks: Check[] = [];
  const notes: Record<string, unknown> = {};
  let step = 0;
  const line = (text: string) => out.write(`${out.isTTY ? CLEAR_LINE : ''}${text}\n`);
  const clock = () => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`;
  return {
    step(title) {
      step += 1;
      line(`\n${clock()}  [${String(step)}/${String(steps)}] ${title}`);
    },
    say: (sentence) => line(`${clock()}        ${sentence}`),
    progress(text) {
      if (out.isTTY) out.write(`${CLEAR_LINE}${clock()}        … ${text}`);
    },
    check(name, seenValue, expectedValue) {
      const [seen, expected] = [String(seenValue), String(expectedValue)];
      const ok = seen === expected;
      checks.push({ name, ok, expected, seen });
      line(`${clock()}     ${ok ? '✓' : '✗'}  ${name}: ${seen}${ok ? '' : ` — expected ${expected}`}`);
    },
    note(path, value) {
      notes[path] = value;
    },
    checks,
    notes,
  };
}
