/** The API over real Postgres, real Temporal and real SMTP; of the chain only what the network is called is faked. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
} from '@temporalio/worker';
import type { Knex } from 'knex';
import { createTransport } from 'nodemailer';
import { pino } from 'pino';
import { makeAddressActivities } from '../../activities/address';
import { makeApprovalActivities } from '../../activities/approval';
import { makeComparisonActivities } from '../../activities/comparison';
import { makePostActivities } from '../../activities/mail-post';
import { makeMailActivities, type Mailer } from '../../activities/mail';
import { makeCustodyActivities } from '../../activities/custody';
import { makeAssignmentActivities } from '../../activities/assignment';
import { makeFreezeActivities } from '../../activities/freeze';
import { makeLoginCodeActivities, makeOnboardingActivities } from '../../activities/onboarding';
import { makePolicyActivities } from '../../activities/policy';
import { makePoolActivities } from '../../activities/pool';
import { makeRateActivities } from '../../activities/rate';
import { makeRemedyActivities } from '../../activities/remedy';
import { makeRedemptionActivities } from '../../activities/redemption';
import { makeWithdrawalActivities } from '../../activities/withdrawal';
import { makeWithdrawalAddressActivities } from '../../activities/withdrawal-address';
import { makeApp } from '../../api/app';
import type { ApiDeps, ApiSettings } from '../../api/deps';
import type { Lotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { openSession } from '../../db/session';
import { atto, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { ROLES, type Role } from '../../domain/permission';
import { post } from '../../ledger/post';
import { startChild } from '../../stack/child';
import { waitFor } from '../../stack/wait';
import { freshDatabase } from '../support/database';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { workflowBundle } from '../support/workflow-bundle';
import { CLOCK, prepareChain } from './chain';

export { CLOCK };

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly list: Record<string, unknown>[];
  readonly text: string;
}

export interface Caller {
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Reply>;
  /** With a fresh Idempotency-Key unless one is given. */
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Reply>;
}

export interface World {
  readonly url: string;
  readonly appUrl: string;
  readonly knex: Knex;
  readonly owner: Knex;
  readonly client: Client;
  readonly deps: ApiDeps;
  readonly staff: Readonly<Record<Role, { readonly id: string; readonly caller: Caller }>>;
  readonly as: (token?: string) => Caller;
  /** A customer whose account is open, with this much available. */
  readonly aCustomer: (available?: bigint) => Promise<{ id: string; email: string; caller: Caller }>;
  /** The newest mail to somebody that is not one of `seen`; waits for it. */
  readonly mailTo: (
    email: string,
    seen?: readonly string[],
  ) => Promise<{ id: string; subject: string; text: string }>;
  readonly until: <T>(what: string, probe: () => Promise<T | undefined>) => Promise<T>;
  readonly close: () => Promise<void>;
}

const ROOT = join(__dirname, '..', '..');
function callerOf(url: string, token?: string): Caller {
  const call: Caller['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: unknown = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
    return {
      status: response.status,
      headers: response.headers,
      body: (Array.isArray(json) ? {} : json) as Record<string, unknown>,
      list: (Array.isArray(json) ? json : []) as Record<string, unknown>[],
      text,
    };
  };
  return {
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body = {}, headers = {}) =>
      call('POST', path, body, { 'idempotency-key': randomBytes(8).toString('hex'), ...headers }),
  };
}

async function makeStaff(owner: Knex, url: string): Promise<World['staff']> {
  const entries = await Promise.all(
    ROLES.map(async (role) => {
      // Signing in is tested elsewhere; here the password is nobody's.
      const id = `staff-${role}`;
      await owner('staff').insert({
        id,
        email: `${role}@loanstone.test`,
        role,
        password_hash: '$argon2id$v=19$m=8,t=1,p=1$none',
      });
      const { token } = await openSession(owner, 'staff', id);
      return [role, { id, caller: callerOf(url, token) }] as const;
    }),
  );
  return Object.fromEntries(entries) as World['staff'];
}

async function runWorkers(
  connection: NativeConnection,
  namespace: string,
  activities: Readonly<Record<string, object>>,
): Promise<() => Promise<void>> {
  const bundle = await workflowBundle();
  const common = { connection, namespace };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: 'core', workflowBundle: bundle, maxCachedWorkflows: 100 }),
    ...Object.entries(activities).map(([taskQueue, served]) =>
      Worker.create({ ...common, taskQueue, activities: served }),
    ),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
}

export interface WorldOptions {
  /** Further activities by task queue, or none for a world without workers. */
  readonly workers: false | Readonly<Record<string, object>>;
  readonly settings?: Partial<ApiSettings>;
}

/** Call `close` in afterAll. */
export async function makeWorld({ workers, settings = {} }: WorldOptions): Promise<World> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const database = await freshDatabase();
  const knex = makeKnex(database.appUrl);
  const owner = makeKnex(database.ownerUrl, { poolMax: 2 });
  const address = services().temporalAddress;
  const connection = await Connection.connect({ address });
  const namespace = await ownNamespace(new Client({ connection }));
  const client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address });
  const inbox = startChild({
    name: 'inbox',
    command: process.execPath,
    args: ['--import', 'tsx', join(ROOT, 'stack', 'inbox.ts')],
    cwd: ROOT,
    logFile: join(services().folder, `inbox-${namespace}.log`),
  });
  const places = await inbox.firstJson('ready', 60_000);
  const transport = createTransport(String(places['smtp']));
  const mailer: Mailer = {
    send: async (mail) => {
      await transport.sendMail({ from: 'bank@loanstone.test', ...mail });
    },
  };
  await prepareChain(knex, owner);
  const lotus = { network: () => Promise.resolve({ prefix: 't' }) } as unknown as Lotus;
  const mailDeps = { knex, mailer, lotus };
  const stopWorkers =
    workers === false
      ? () => Promise.resolve()
      : await runWorkers(native, namespace, {
          ledger: {
            ...{ ...makeApprovalActivities({ knex }), ...makePostActivities({ client }) },
            ...{ ...makeOnboardingActivities({ knex }), ...makeAddressActivities({ knex, lotus }) },
            ...{ ...makePoolActivities({ knex }), ...makeRedemptionActivities({ knex }) },
            ...{ ...makeWithdrawalActivities({ knex }), ...makeWithdrawalAddressActivities({ knex }) },
            ...{ ...makeRemedyActivities({ knex }), ...makeFreezeActivities({ knex }) },
            ...{ ...makeAssignmentActivities({ knex }), ...makeCustodyActivities({ knex }) },
            ...makeComparisonActivities({ knex }),
            ...{ ...makeRateActivities({ knex }), ...makePolicyActivities({ knex }) },
          },
          mail: { ...makeMailActivities(mailDeps), ...makeLoginCodeActivities(mailDeps) },
          ...workers,
        });
  const deps: ApiDeps = {
    knex,
    client,
    log: pino({ level: 'silent' }),
    settings: {
      publicUrl: 'http://127.0.0.1',
      development: true,
      adminUiDir: join(services().folder, 'no-ui'),
      devMailUrl: String(places['http']),
      trustProxy: 0,
      customerDataKey: createSecretKey(randomBytes(32)),
      checkAnswers: true,
      ...settings,
    },
  };
  const server = createServer(makeApp(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const staff = await makeStaff(owner, url);
  const until: World['until'] = (what, probe) => waitFor(probe, { what, timeoutMs: 60_000 });
  const aCustomer: World['aCustomer'] = async (available = 0n) => {
    const id = randomBytes(8).toString('hex');
    const email = `${id}@example.com`;
    await knex('registration').insert({ email, customer_id: id });
    await knex('customer').insert({ id, email, state: 'open', opened_at: knex.fn.now() });
    if (available > 0n) {
      await knex.transaction((trx) =>
        post(trx, {
          key: `test/${id}`,
          kind: 'deposit',
          asset: 'FIL',
          postings: [
            debit('custody.deposit', `t1${id}`, atto(available)),
            credit('customer.available', id, atto(available)),
          ],
          effectiveEpoch: CLOCK,
          workflowId: `deposit/${id}`,
        }),
      );
    }
    const { token } = await openSession(knex, 'customer', id);
    return { id, email, caller: callerOf(url, token) };
  };
  return {
    url,
    appUrl: database.appUrl,
    knex,
    owner,
    client,
    deps,
    staff,
    as: (token) => callerOf(url, token),
    aCustomer,
    mailTo: (email, seen = []) =>
      until(`a mail to ${email}`, async () => {
        const answer = await fetch(`${String(places['http'])}/messages?to=${encodeURIComponent(email)}`);
        const mails = (await answer.json()) as { id: string; subject: string; text: string }[];
        return mails.find(({ id }) => !seen.includes(id));
      }),
    until,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stopWorkers();
      transport.close();
      await inbox.stop();
      await native.close();
      await connection.close();
      await knex.destroy();
      await owner.destroy();
      await database.drop();
    },
  };
}

export const FIL = coins(1n);
/** The six digits of a code mail. */
export function codeIn(text: string): string {
  const code = /\b[0-9]{6}\b/.exec(text)?.[0];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  return code;
}

/** A code that is not this one. */
export const otherCode = (code: string): string => (code === '000000' ? '000001' : '000000');
