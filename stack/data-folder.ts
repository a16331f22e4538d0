import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { isReachable } from './account';
import { readJson, writePrivate } from './private-file';

/** The staff logins that a development start makes, one a role. */
export const SAMPLE_ROLES = ['maker', 'checker', 'treasurer', 'auditor', 'admin'] as const;
export type SampleRole = (typeof SAMPLE_ROLES)[number];

const secret = z.string().min(1);
const secretsSchema = z.object({
  postgres: secret,
  owner: secret,
  app: secret,
  signer: secret,
  devnetControl: secret,
  customerDataKey: secret,
  staff: z.object({ maker: secret, checker: secret, treasurer: secret, auditor: secret, admin: secret }),
});

/** Generated at the first start and kept, 0600. */
export type Secrets = z.infer<typeof secretsSchema>;

export interface DataFolder {
  readonly path: string;
  readonly stackFile: string;
  readonly processesFile: string;
  readonly postgres: string;
  readonly temporalFile: string;
  readonly devnet: string;
  readonly keystore: string;
  readonly passphraseFile: string;
  readonly secrets: Secrets;
  /** Log file of a part; the one of the start before is kept beside it. */
  readonly log: (part: string) => string;
}

const random = (bytes: number): string => randomBytes(bytes).toString('hex');

function newSecrets(): Secrets {
  return {
    postgres: random(20),
    owner: random(20),
    app: random(20),
    signer: random(20),
    devnetControl: random(20),
    customerDataKey: random(32),
    staff: {
      maker: random(8),
      checker: random(8),
      treasurer: random(8),
      auditor: random(8),
      admin: random(8),
    },
  };
}

function loadSecrets(file: string): Secrets {
  const found = readJson(file);
  if (found !== undefined) return secretsSchema.parse(found);
  const made = newSecrets();
  writePrivate(file, JSON.stringify(made, null, 2));
  return made;
}

/**
 * Root's Postgres runs under another account, which may not be let through to the data folder (below /root, say):
 * then its files lie in /var/lib/loanstone, under a name made of the data folder's.
 */
function postgresFolder(path: string): string {
  const inside = join(path, 'postgres');
  if (process.getuid?.() !== 0 || isReachable(inside)) return inside;
  const outside = join('/var/lib/loanstone', createHash('sha256').update(path).digest('hex').slice(0, 16));
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  return join(outside, 'postgres');
}

function rotated(folder: string, part: string): string {
  const file = join(folder, `${part}.log`);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return file;
}

/**
 * Opens the data folder, making what is missing. Others may pass through it (Postgres' account must) but not list
 * it; what is secret has its own narrower mode.
 */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true });
  const mine = process.getuid === undefined || statSync(path).uid === process.getuid();
  if (!mine) throw new Error(`${path} belongs to another account: choose another folder with --data`);
  chmodSync(path, 0o711);
  for (const [name, mode] of [
    ['logs', 0o700],
    ['signer', 0o700],
    ['devnet', 0o700],
    ['temporal', 0o700],
  ] as const) {
    mkdirSync(join(path, name), { recursive: true, mode });
  }
  const passphraseFile = join(path, 'signer', 'passphrase');
  if (!existsSync(passphraseFile)) writeFileSync(passphraseFile, random(24), { mode: 0o600, flag: 'wx' });
  return {
    path,
    stackFile: join(path, 'stack.json'),
    processesFile: join(path, 'processes.json'),
    postgres: postgresFolder(path),
    temporalFile: join(path, 'temporal', 'temporal.db'),
    devnet: join(path, 'devnet'),
    keystore: join(path, 'signer', 'keystore.json'),
    passphraseFile,
    secrets: loadSecrets(join(path, 'secrets.json')),
    log: (part) => rotated(join(path, 'logs'), part),
  };
}
