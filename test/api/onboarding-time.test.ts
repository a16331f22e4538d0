/** What happens when nobody does anything: reminders, then the end; and who comes back begins anew. */
import { writeFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import type { Knex } from 'knex';
import { makeApprovalActivities } from '../../activities/approval';
import { makePostActivities } from '../../activities/mail-post';
import { makeMailActivities } from '../../activities/mail';
import { makeLoginCodeActivities, makeOnboardingActivities } from '../../activities/onboarding';
import { stableHistory } from '../../domain/history';
import { makeKnex } from '../../db/knex';
import { SEARCH_ATTRIBUTES } from '../../stack/temporal';
import { confirmEmail, submitProfile } from '../../workflows/handles-onboarding';
import { freshDatabase, type TestDatabase } from '../support/database';
import { startTestServer, type TestServer } from '../support/temporal';
import { timeSkippingBundle } from '../support/time-skipping';
import { workflowBundle } from '../support/workflow-bundle';

let database: TestDatabase;
let server: TestServer;
let env: TestWorkflowEnvironment;
let knex: Knex;
const mails: string[] = [];
const HISTORIES = join(__dirname, '..', 'histories');
/** temporal.api.enums.v1.IndexedValueType */
const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  database = await freshDatabase();
  knex = makeKnex(database.appUrl, { poolMax: 4 });
  server = await startTestServer();
  env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]),
  );
  await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
}, 120_000);
afterAll(async () => {
  await env.teardown();
  await server.stop();
  await knex.destroy();
  await database.drop();
}, 60_000);

async function served<T>(act: () => Promise<T>): Promise<T> {
  const send = ({ to, subject }: { to: string; subject: string }) => {
    mails.push(`${to}: ${subject.replace(/^[0-9]{6}/, 'NNNNNN')}`);
    return Promise.resolve();
  };
  const network = () => Promise.reject(new Error('no mail here is about a loan'));
  const mailDeps = { knex, mailer: { send }, lotus: { network } };
  const connection = env.nativeConnection;
  const workers = await Promise.all([
    Worker.create({ connection, taskQueue: 'core', workflowBundle: await timeSkippingBundle() }),
    Worker.create({
      connection,
      taskQueue: 'ledger',
      activities: {
        ...makeOnboardingActivities({ knex }),
        ...makeApprovalActivities({ knex }),
        ...makePostActivities({ client: env.client }),
      },
    }),
    Worker.create({
      connection,
      taskQueue: 'mail',
      activities: { ...makeMailActivities(mailDeps), ...makeLoginCodeActivities(mailDeps) },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  try {
    return await act();
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
  }
}

async function begin(customerId: string) {
  const { client } = env;
  await knex('registration')
    .insert({ email: `${customerId}@example.com`, customer_id: customerId })
    .onConflict('email')
    .ignore();
  return client.workflow.start('onboarding', {
    taskQueue: 'core',
    workflowId: `onboarding/${customerId}`,
    args: [{ customerId }],
    staticSummary: 'Onboarding of a customer',
  });
}

async function keep(workflowId: string, name: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const history = await env.client.workflow.getHandle(workflowId).fetchHistory();
  writeFileSync(join(HISTORIES, `${name}.json`), stableHistory(historyToJSON(history)));
}

test('nobody confirms: one reminder after a day, the end after a week; who registers again is mailed again', async () => {
  await served(async () => {
    const handle = await begin('sleepy');
    expect(await handle.result()).toEqual({ state: 'expired' });
    const { startTime, closeTime = startTime } = await handle.describe();
    const days = (closeTime.getTime() - startTime.getTime()) / 86_400_000;
    expect([days >= 7, days < 7.1]).toEqual([true, true]);
    expect(mails).toEqual([
      'sleepy@example.com: NNNNNN is your Loanstone code',
      'sleepy@example.com: Finish your registration',
      'sleepy@example.com: Your registration has ended',
    ]);
    await keep('onboarding/sleepy', 'onboarding-expired');
    expect(await knex('customer').where({ id: 'sleepy' }).first('state', 'round')).toEqual({
      state: 'expired',
      round: 1,
    });

    const again = await begin('sleepy');
    expect(await again.result()).toEqual({ state: 'expired' });
    expect(mails.slice(3)).toEqual(mails.slice(0, 3));
    expect(await knex('customer').where({ id: 'sleepy' }).first('round')).toEqual({ round: 2 });
    expect(await knex('sent_mail').pluck('key')).toHaveLength(6);
  });
}, 120_000);

test('nobody decides: the checkers are reminded once, then the approval and the registration end', async () => {
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  const hash = '$argon2id$v=19$m=8,t=1,p=1$none';
  await owner('staff').insert([
    { id: 's1', email: 'checker@loanstone.test', role: 'checker', password_hash: hash },
    { id: 's2', email: 'auditor@loanstone.test', role: 'auditor', password_hash: hash },
    { id: 's3', email: 'gone@loanstone.test', role: 'checker', password_hash: hash, disabled_at: new Date() },
  ]);
  await owner.destroy();
  mails.length = 0;
  await served(async () => {
    const handle = await begin('ignored');
    await knex('profile').insert({ id: 'p1', customer_id: 'ignored', sealed: Buffer.from([1]) });
    await handle.executeUpdate(confirmEmail, { args: [{ codeKey: 'k' }] });
    expect(await handle.executeUpdate(submitProfile, { args: [{ profileId: 'p1' }] })).toEqual({
      state: 'in_review',
    });
    expect(await handle.result()).toEqual({ state: 'expired' });
    expect(mails.filter((mail) => mail.includes('An approval waits'))).toEqual([
      'checker@loanstone.test: An approval waits: onboarding',
    ]);
    const approval: unknown = await knex('approval')
      .where({ subject_id: 'ignored' })
      .first('state', 'reminded_at');
    expect(approval).toMatchObject({ state: 'expired', reminded_at: expect.any(Date) as Date });
    await keep('onboarding/ignored', 'onboarding-undecided');
    await expect(handle.executeUpdate(confirmEmail, { args: [{ codeKey: 'k' }] })).rejects.toThrow();
  });
}, 120_000);

describe('recorded onboardings still replay', () => {
  const files = readdirSync(HISTORIES).filter((file) => file.startsWith('onboarding-'));
  test('each path is there', () => {
    expect(files.sort()).toEqual([
      'onboarding-expired.json',
      'onboarding-open.json',
      'onboarding-refused.json',
      'onboarding-undecided.json',
    ]);
  });
  test.each(files)('%s', async (file) => {
    const history = historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'onboarding/replayed'),
    ).resolves.toBeUndefined();
  });
});
