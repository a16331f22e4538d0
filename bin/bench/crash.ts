/** Recovery time at each crash point: the table of test/crash on a machine that does nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Figures } from '../bench';
import { median, round } from './machine';

const ROOT = join(__dirname, '..', '..');
const recovery = z.object({ ready: z.number(), final: z.number(), goesOn: z.number() });

/** Runs the test; it writes down what it saw. */
export function crash(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-'));
  const file = join(folder, 'crash.json');
  try {
    const jest = join(ROOT, 'node_modules', '.bin', 'jest');
    const env = { ...process.env, LOANSTONE_FIGURES: file };
    const { status } = spawnSync(jest, ['test/crash/points'], { cwd: ROOT, env, stdio: 'inherit' });
    if (status !== 0) throw new Error('the crash test failed: its figures mean nothing');
    const seen = z.record(z.string(), recovery).parse(JSON.parse(readFileSync(file, 'utf8')));
    const runs = Object.entries(seen).map(([point, { ready, final, goesOn }]) => ({
      point,
      ready: round(ready),
      final: round(final),
      goesOn: round(goesOn),
    }));
    return Promise.resolve({
      what: 'Seconds from the SIGKILL of signer and worker until both are ready again, until the message under way is final and until the loan went on; finality is 5 epochs of 250 ms',
      figures: {
        points: runs.length,
        medianReady: median(runs.map(({ ready }) => ready)),
        medianGoesOn: median(runs.map(({ goesOn }) => goesOn)),
        longestGoesOn: Math.max(...runs.map(({ goesOn }) => goesOn)),
      },
      runs,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
