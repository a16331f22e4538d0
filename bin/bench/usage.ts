/** What a stack's processes use, from /proc: a part is its process and all that it started. */
import { readdirSync, readFileSync } from 'node:fs';
import type { StackInfo } from '../../stack/info';

export interface Usage {
  /** Of user and system since it began, children that ended included. */
  readonly cpuSeconds: number;
  /** Megabytes resident; a page that several processes share counts by its part at each (PSS). */
  readonly memoryMb: number;
}

/** Ticks a second that /proc counts in: 100 on every Linux that Node runs on. */
const TICKS = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index]);
    return { pid, parent: at(1), ticks: at(11) + at(12) + at(13) + at(14) };
  } catch {
    return null; // it ended while we looked
  }
}

function memoryOf(pid: number): number {
  try {
    const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function all(): readonly Stat[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
}

function family(root: number, stats: readonly Stat[]): readonly Stat[] {
  const found = stats.filter(({ pid }) => pid === root);
  for (const one of found) found.push(...stats.filter(({ parent }) => parent === one.pid));
  return found;
}

/** Every part of the stack by name. Where a part was started anew its CPU counts from there. */
export function usageOf(info: StackInfo): Readonly<Record<string, Usage>> {
  const stats = all();
  return Object.fromEntries(
    info.processes.map(({ name, pid }) => {
      const members = family(pid, stats);
      const ticks = members.reduce((sum, one) => sum + one.ticks, 0);
      const memory = members.reduce((sum, one) => sum + memoryOf(one.pid), 0);
      return [name, { cpuSeconds: ticks / TICKS, memoryMb: Math.round(memory) }];
    }),
  );
}

/** CPU seconds that each part used between two looks, and their sum. */
export function cpuBetween(
  before: Readonly<Record<string, Usage>>,
  after: Readonly<Record<string, Usage>>,
): Readonly<Record<string, number>> {
  const parts = Object.entries(after).map(
    ([name, { cpuSeconds }]) =>
      [name, Math.round((cpuSeconds - (before[name]?.cpuSeconds ?? 0)) * 10) / 10] as const,
  );
  const total = parts.reduce((sum, [, seconds]) => sum + seconds, 0);
  return { ...Object.fromEntries(parts), total: Math.round(total * 10) / 10 };
}

/** Megabytes of each part, and their sum. */
export function memoryBy(usage: Readonly<Record<string, Usage>>): Readonly<Record<string, number>> {
  const parts = Object.entries(usage).map(([name, { memoryMb }]) => [name, memoryMb] as const);
  return { ...Object.fromEntries(parts), total: parts.reduce((sum, [, mb]) => sum + mb, 0) };
}

/** Busy CPU seconds of the whole machine since it started, whoever used them: others may share it. */
export function machineBusy(): number {
  const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/);
  const [user = 0, nice = 0, system = 0] = fields.map(Number);
  return (user + nice + system) / TICKS;
}
