import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { SERVICES_VARIABLE } from './services';

const steps: (() => Promise<void>)[] = [];

/** Steps run in reverse order of registration. */
export function onTeardown(step: () => Promise<void>): void {
  steps.push(step);
}

async function globalTeardown(): Promise<void> {
  for (const step of steps.reverse()) await step();
  const file = process.env[SERVICES_VARIABLE];
  if (file !== undefined) rmSync(dirname(file), { recursive: true, force: true });
}

export { globalTeardown as default };
