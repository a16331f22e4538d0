import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Whether a failed file operation failed for this reason: ENOENT, EEXIST… */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** Writes a file that only we can read; readers see the old content or the new, never half of it. */
export function writePrivate(file: string, content: string): void {
  const partial = `${file}.${process.pid}.new`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, file);
}

/** The parsed content, or undefined when there is no such file. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
