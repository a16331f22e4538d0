import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { tmpdir } from 'node:os';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = join(__dirname, '..');
/** All that workflow code may import (dependency-cruiser holds it), and what decides the versions of the rest. */
const SOURCES = ['workflows', 'domain'];
const LOCK = 'package-lock.json';

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sourceHash(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...SOURCES.flatMap((folder) => sourceFiles(join(ROOT, folder))), join(ROOT, LOCK)]) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

/** A system error's code; '' for any other. Not by instanceof: jest's errors come from another realm. */
function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function readCached(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Where bundles are kept: beside the packages, else (an account that may not write there) in a temporary folder that
 * belongs to this account alone, as workers run what they find in it.
 */
function ownFolder(): string {
  const folder = join(tmpdir(), `loanstone-bundle-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0))
    throw new Error(`${folder} is open to other accounts: remove it`);
  return folder;
}

function keep(folder: string, name: string, code: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    const partial = join(folder, `${name}.${process.pid}`);
    writeFileSync(partial, code);
    renameSync(partial, join(folder, name));
    return true;
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error))) return false;
    throw error;
  }
}

export interface WorkflowBundle {
  readonly code: string;
  /** SHA-256 (first 32 hex digits) of the sources: which code a worker runs. */
  readonly hash: string;
}

/**
 * The workflows of workflows/index.ts as one bundle for `Worker.create({ workflowBundle })`. Bundling takes seconds
 * to tens of seconds, so that the result is kept under the hash of its sources; a run that finds it reads a file.
 */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  const hash = sourceHash();
  const name = `workflows-${hash}.js`;
  const shared = join(ROOT, 'node_modules', '.cache', 'loanstone');
  const cached = readCached(join(shared, name)) ?? readCached(join(ownFolder(), name));
  if (cached !== null) return { code: cached, hash };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  if (!keep(shared, name, code)) keep(ownFolder(), name, code);
  return { code, hash };
}
