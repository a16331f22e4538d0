import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A folder that keeps small documents whole and one log of lines; both survive a kill at any moment. */
export interface Store {
  readonly read: (name: string) => unknown;
  /** Replaces a document: written aside, then renamed over the old one. */
  readonly write: (name: string, value: unknown) => void;
  /** Adds one record to the log. A record that a kill cut short is dropped at the next start. */
  readonly append: (record: unknown) => void;
  readonly records: () => Generator;
  readonly close: () => void;
}

const LOG = 'chain.log';

/** Cuts an unfinished last line off the log and gives the whole ones. */
function wholeLines(path: string): string {
  if (!existsSync(path)) return '';
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.subarray(0, end).toString('utf8');
}

export function openStore(folder: string): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, LOG);
  let text: string | null = wholeLines(path);
  const log = openSync(path, 'a', 0o600);
  return {
    read: (name) => {
      const file = join(folder, name);
      if (!existsSync(file)) return null;
      const held: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return held;
    },
    write: (name, value) => {
      const file = join(folder, name);
      const aside = openSync(`${file}.new`, 'w', 0o600);
      writeSync(aside, JSON.stringify(value, null, 2));
      fsyncSync(aside);
      closeSync(aside);
      renameSync(`${file}.new`, file);
    },
    append: (record) => {
      writeSync(log, `${JSON.stringify(record)}\n`);
    },
    *records() {
      const held = text ?? '';
      text = null;
      for (let at = 0; at < held.length;) {
        const end = held.indexOf('\n', at);
        yield JSON.parse(held.slice(at, end));
        at = end + 1;
      }
    },
    close: () => closeSync(log),
  };
}
