/** The visible list of what is starting: a block with spinners on a terminal, plain timestamped lines elsewhere. */

export interface Step {
  /** What it is busy with, e.g. a download. */
  readonly note: (text: string) => void;
  /** `where` is what a person can use: a URL, an address, a folder. */
  readonly done: (where: string) => void;
  readonly failed: (reason: string) => void;
}

export interface Progress {
  readonly step: (name: string) => Step;
  /** A line of its own below the list. */
  readonly line: (text: string) => void;
  readonly close: () => void;
}

interface Row {
  readonly name: string;
  readonly since: number;
  text: string;
  state: 'running' | 'done' | 'failed';
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const NAME_WIDTH = 12;

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Progress nobody sees: for tests and for `--json`. */
export const silentProgress: Progress = {
  step: () => ({ note: () => undefined, done: () => undefined, failed: () => undefined }),
  line: () => undefined,
  close: () => undefined,
};

function plainProgress(write: (text: string) => void): Progress {
  const say = (text: string): void => write(`${new Date().toISOString()} ${text}\n`);
  return {
    step: (name) => {
      const since = performance.now();
      say(`${name}: starting`);
      return {
        note: (text) => say(`${name}: ${text}`),
        done: (where) => say(`${name}: ready after ${seconds(since)}, ${where}`),
        failed: (reason) => say(`${name}: FAILED after ${seconds(since)}: ${reason}`),
      };
    },
    line: say,
    close: () => undefined,
  };
}

function terminalProgress(stream: NodeJS.WriteStream): Progress {
  const rows: Row[] = [];
  let drawn = 0;
  let frame = 0;
  const shown = (row: Row): string => {
    const sign = {
      running: FRAMES[frame % FRAMES.length] ?? '·',
      done: '\u001b[32m✓\u001b[0m',
      failed: '\u001b[31m✗\u001b[0m',
    };
    return `${sign[row.state]} ${row.name.padEnd(NAME_WIDTH)} ${row.text.slice(0, Math.max(20, (stream.columns || 100) - NAME_WIDTH - 4))}`;
  };
  const draw = (): void => {
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    stream.write(up + rows.map((row) => `\u001b[2K${shown(row)}\n`).join(''));
    drawn = rows.length;
  };
  const tick = setInterval(() => {
    frame += 1;
    if (rows.some((row) => row.state === 'running')) draw();
  }, 120);
  tick.unref();
  const settle = (): void => {
    draw();
    if (rows.some((row) => row.state === 'running')) return;
    rows.length = 0;
    drawn = 0;
  };
  return {
    step: (name) => {
      const row: Row = { name, since: performance.now(), text: 'starting', state: 'running' };
      rows.push(row);
      draw();
      const end = (state: 'done' | 'failed', text: string): void => {
        row.state = state;
        row.text = text;
        settle();
      };
      return {
        note: (text) => {
          row.text = text;
        },
        done: (where) => end('done', `${seconds(row.since).padStart(7)}  ${where}`),
        failed: (reason) => end('failed', reason.split('\n')[0] ?? ''),
      };
    },
    line: (text) => {
      stream.write(`\u001b[2K${text}\n`);
      drawn = 0;
      if (rows.length > 0) draw();
    },
    close: () => clearInterval(tick),
  };
}

/** A list for this output: with spinners when it is a terminal. */
export function makeProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? terminalProgress(stream) : plainProgress((text) => stream.write(text));
}
