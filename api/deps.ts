/** What the API works with: made by deps.ts, or by a test. */
import type { KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

export interface ApiSettings {
  /** Where people reach us, without a trailing slash; https makes cookies Secure. */
  readonly publicUrl: string;
  readonly development: boolean;
  readonly adminUiDir: string;
  /** Base URL of the mail inbox; shown at /dev/mail in development only. */
  readonly devMailUrl?: string | undefined;
  /** How many proxies in front of us may name the caller's address; 0: nobody. */
  readonly trustProxy: number;
  /** Seals customers' profiles (AES-256-GCM). */
  readonly customerDataKey: KeyObject;
  /** Open calls of one address a minute; default OPEN_CALLS of api/open.ts. */
  readonly openCalls?: number;
  /** Parses every answer with its schema before it leaves: for tests. */
  readonly checkAnswers: boolean;
}

export interface ApiDeps {
  readonly knex: Knex;
  readonly client: Client;
  readonly log: Logger;
  readonly settings: ApiSettings;
}
