/** Which database holds the copies: the one the environment names, else that of the stack that runs here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackInfoSchema } from '../../stack/info';

/** @throws Error where neither is there */
export function readDatabaseUrl(): string {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const file = join(process.env['LOANSTONE_DATA'] ?? '.loanstone', 'stack.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`DATABASE_URL is not set, and there is no ${file} of a stack that runs here`);
  }
  return stackInfoSchema.parse(JSON.parse(text)).database.app;
}
