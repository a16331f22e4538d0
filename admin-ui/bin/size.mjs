/** Prints the JavaScript of the first load in gzip bytes as one line of JSON; exit code 1 above the budget.
 * The built folder may be named. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const budgetKb = 350;
const dist = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const html = readFileSync(join(dist, 'index.html'), 'utf8');

/** The entry, what it preloads, and every static import below them: all of it comes before the first screen. */
const queue = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((match) => match[1]);
const files = new Map();
while (queue.length > 0) {
  const name = queue.pop();
  if (files.has(name)) continue;
  const code = readFileSync(join(dist, name));
  files.set(name, gzipSync(code, { level: 9 }).length);
  const imports = code
    .toString()
    .matchAll(/(?:^|[;\s}])(?:import|export)\s*(?:[\w*{}$,\s]+from\s*)?["']\.\/([^"']+\.js)["']/g);
  for (const match of imports) queue.push(join(dirname(name), match[1]));
}
if (files.size === 0) throw new Error('dist/index.html loads no script: build first');
const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
const kb = Math.round((bytes / 1024) * 10) / 10;
process.stdout.write(
  `${JSON.stringify({ firstLoadGzipKb: kb, budgetKb, files: Object.fromEntries(files) })}\n`,
);
process.exitCode = kb <= budgetKb ? 0 : 1;
