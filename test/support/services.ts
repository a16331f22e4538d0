import { readFileSync } from 'node:fs';

/** What globalSetup started or was given; each test file reads it from the file named in the environment. */
export interface Services {
  /** Superuser of the test server; database `postgres`. */
  readonly adminUrl: string;
  /** Database with all migrations run, copied for each test. */
  readonly template: string;
  readonly temporalAddress: string;
  /** Folder for files of this run, removed at its end. */
  readonly folder: string;
}

export const SERVICES_VARIABLE = 'LOANSTONE_TEST_SERVICES';

/** Fails when the run was started with LOANSTONE_TEST_ONLY=unit: such a test is no unit test. */
export function services(): Services {
  const file = process.env[SERVICES_VARIABLE];
  if (file === undefined) {
    throw new Error('this test needs Postgres and Temporal: run it without LOANSTONE_TEST_ONLY=unit');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Services;
}
