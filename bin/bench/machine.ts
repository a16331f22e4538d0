import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What the figures were measured on. Load: mean number of waiting processes over 1, 5 and 15 minutes. */
export function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    load: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}

/** The commit measured; '+' where files differ from it. */
export function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();
  const paths = [
    'domain',
    'ledger',
    'db',
    'chain',
    'migrations',
    'activities',
    'workflows',
    'workers',
    'api',
    'stack',
  ];
  paths.push('devnet', 'bin');
  const changed = git('status', '--porcelain', '--', ...paths.map((path) => `:/${path}`)) !== '';
  return `${git('rev-parse', 'HEAD')}${changed ? '+' : ''}`;
}

/** The value in the middle, or the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError('no values, no median');
  return (low + high) / 2;
}

/** Two decimals, for people. */
export const round = (value: number): number => Math.round(value * 100) / 100;
