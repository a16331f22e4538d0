/** docs/api.md as a program: its shell blocks in their order, with a stop wherever the text says that staff act. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const HEADING = '## The whole loan, by curl';
const PART = /^```sh\n([\s\S]*?)^```$|^<!-- staff: (.+) -->$/gm;

export interface Walk {
  /** The script, to be run by bash in the repository's folder. */
  readonly file: string;
  readonly blocks: readonly string[];
  /** What staff do, in order. */
  readonly staff: readonly string[];
  /** Lets the script go on after the nth thing that staff do. */
  readonly goOn: (n: number) => void;
}

/** What the script prints when it has come to the nth thing that staff do. */
export const stopAt = (n: number): string => `-- staff ${n}`;

/** Writes the walk-through as a script into `folder`. */
export function writeWalk(folder: string): Walk {
  const doc = readFileSync(join(ROOT, 'docs', 'api.md'), 'utf8');
  const [, after = ''] = doc.split(`${HEADING}\n`);
  const [section = ''] = after.split(/^## /m);
  const blocks: string[] = [];
  const staff: string[] = [];
  const lines = ['set -euo pipefail'];
  const gate = (n: number): string => join(folder, `go-on-${n}`);
  for (const [, block, action] of section.matchAll(PART)) {
    if (action !== undefined) {
      lines.push(
        `echo '${stopAt(staff.length)}'`,
        `until [ -e '${gate(staff.length)}' ]; do sleep 0.2; done`,
      );
      staff.push(action);
    } else if (block !== undefined) {
      blocks.push(block);
      lines.push(block);
    }
  }
  const file = join(folder, 'walk.sh');
  writeFileSync(file, `${lines.join('\n')}\ncp "$WALK/events" '${join(folder, 'events')}'\n`);
  return { file, blocks, staff, goOn: (n) => writeFileSync(gate(n), '') };
}
