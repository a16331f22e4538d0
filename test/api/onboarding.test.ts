/** A stranger becomes a customer: by emailed code, profile and a decision of staff; nothing personal in any history. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';
import { stableHistory } from '../../domain/history';
import { codeIn, makeWorld, otherCode, type World } from './world';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

const CANARY = 'Zz-Canary Person';

async function register(email: string) {
  const anybody = world.as();
  const registered = await anybody.post('/v1/registrations', { email });
  expect(registered.status).toBe(202);
  const mail = await world.mailTo(email);
  return { anybody, code: codeIn(mail.text), mail, workflowId: String(registered.body['workflowId']) };
}

async function signIn(email: string, code: string) {
  const signed = await world.as().post('/v1/sessions', { email, code });
  expect(signed.status).toBe(201);
  return { session: world.as(String(signed.body['token'])), cookie: signed.headers.get('set-cookie') ?? '' };
}

async function inReview(email: string) {
  const { code, workflowId } = await register(email);
  const { session } = await signIn(email, code);
  const kyc = await session.post('/v1/kyc', { fullName: CANARY, country: 'CH' });
  expect([kyc.status, kyc.body['state']]).toEqual([202, 'in_review']);
  const id = workflowId.replace('onboarding/', '');
  const approval = await world.until('the approval', async () => {
    const filter = encodeURIComponent(JSON.stringify({ subjectId: id, state: 'waiting' }));
    return (await world.staff.checker.caller.get(`/admin/v1/approvals?filter=${filter}`)).list[0];
  });
  return { id, session, workflowId, approval };
}

function decide(approval: Record<string, unknown>, verb: 'accept' | 'refuse') {
  const body = { reason: 'Papers seen', subjectHash: approval['subjectHash'] };
  return world.staff.checker.caller.post(`/admin/v1/approvals/${String(approval['id'])}/${verb}`, body);
}

async function historyOf(workflowId: string, name: string): Promise<string> {
  const handle = world.client.workflow.getHandle(workflowId);
  await handle.result();
  const json = stableHistory(historyToJSON(await handle.fetchHistory()));
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    writeFileSync(join(__dirname, '..', 'histories', `${name}.json`), json);
  }
  return json;
}

test('register, confirm, tell, be accepted: the account is open with an address of its own', async () => {
  const email = 'ann.canary@example.com';
  const { id, session, workflowId, approval } = await inReview(email);
  expect((await session.get('/v1/me')).body).toMatchObject({
    id,
    email,
    state: 'in_review',
    depositAddress: null,
  });
  expect((await session.get('/v1/address')).body['code']).toBe('customer-not-open');

  const shown = await world.staff.checker.caller.get(`/admin/v1/approvals/${String(approval['id'])}`);
  expect(shown.body['customer']).toEqual({ id, email, fullName: CANARY, country: 'CH' });

  const accepted = await decide(approval, 'accept');
  expect(accepted.body).toMatchObject({ state: 'accepted', workflowId });
  const me = await world.until('the open account', async () => {
    const { body } = await session.get('/v1/me');
    return body['state'] === 'open' ? body : undefined;
  });
  expect(me['depositAddress']).toMatch(/^t1[a-z2-7]{39}$/);
  expect((await session.get('/v1/address')).body['address']).toBe(me['depositAddress']);

  const history = await historyOf(workflowId, 'onboarding-open');
  const [raw, encoded] = [CANARY, 'canary']
    .map((word) => [word, Buffer.from(word).toString('base64').slice(0, 12)])
    .flat();
  for (const word of [raw, encoded, email, Buffer.from(email).toString('base64').slice(0, 16)]) {
    expect(history).not.toContain(word);
  }
  const { rows } = await world.knex.raw<{ rows: { sealed: Buffer }[] }>('SELECT sealed FROM profile');
  expect(rows.every(({ sealed }) => !sealed.toString('latin1').includes('Canary'))).toBe(true);

  const story = await world.staff.auditor.caller.get(
    `/admin/v1/workflows/${encodeURIComponent(workflowId)}/story`,
  );
  const sentences = story.list.map(({ sentence }) => sentence);
  expect(sentences).toEqual(
    expect.arrayContaining([
      'Onboarding of a customer',
      'Made a one-time code and mailed it',
      'The customer confirmed the email',
      'The customer told who they are',
      'Asked staff to decide on the account',
      'Checker staff-checker accepted',
      'Assigned a deposit address',
      'Opened the account',
      'Done',
    ]),
  );
  const download = () =>
    world.staff.auditor.caller.get(`/admin/v1/workflows/${encodeURIComponent(workflowId)}/history`);
  const [first, second] = [await download(), await download()];
  expect(JSON.parse(first.text)).toEqual(JSON.parse(history));
  expect(second.text).toBe(first.text);
  await expect(
    Worker.runReplayHistory(
      { workflowBundle: await workflowBundle() },
      historyFromJSON(JSON.parse(first.text)),
      workflowId,
    ),
  ).resolves.toBeUndefined();
});

test('codes: a wrong one, one that a newer one replaced, and one that was used are refused, each by its own code', async () => {
  const email = 'bob@example.com';
  const { anybody, code, mail } = await register(email);
  const tryCode = async (guess: string) =>
    (await anybody.post('/v1/sessions', { email, code: guess })).body['code'];
  expect(await tryCode(otherCode(code))).toBe('code-wrong');

  expect((await anybody.post('/v1/sessions/code', { email })).status).toBe(202);
  const newer = codeIn((await world.mailTo(email, [mail.id])).text);
  if (newer !== code) expect(await tryCode(code)).toBe('code-stale');
  await signIn(email, newer);
  expect(await tryCode(newer)).toBe('code-used');

  const refused = await world.knex('refused_attempt').where({ actor_id: 'anonymous' }).pluck('code');
  expect(refused).toEqual(expect.arrayContaining(['code-wrong', 'code-used']));
});

test('a code dies after ten minutes, and after five wrong tries', async () => {
  const email = 'carol@example.com';
  const { anybody, code, mail } = await register(email);
  await world.owner('login_code').update({ expires_at: world.owner.raw("now() - interval '1 second'") });
  const late = await anybody.post('/v1/sessions', { email, code });
  expect(late.body['code']).toBe('code-stale');

  await anybody.post('/v1/sessions/code', { email });
  const fresh = codeIn((await world.mailTo(email, [mail.id])).text);
  await Promise.all(
    Array.from({ length: 5 }, () => anybody.post('/v1/sessions', { email, code: otherCode(fresh) })),
  );
  const dead = await anybody.post('/v1/sessions', { email, code: fresh });
  expect([dead.status, dead.body['code']]).toEqual([401, 'code-stale']);
});

test('an unknown email gets the same answers, and no mail', async () => {
  const anybody = world.as();
  const asked = await anybody.post('/v1/sessions/code', { email: 'nobody@example.com' });
  expect([asked.status, asked.body]).toEqual([202, {}]);
  const tried = await anybody.post('/v1/sessions', { email: 'nobody@example.com', code: '123456' });
  expect(tried.body['code']).toBe('code-wrong');
  const done = await world.until('the work for nobody', async () => {
    const { count } = await world.client.workflow.count(
      "WorkflowType = 'signIn' AND ExecutionStatus = 'Running'",
    );
    return count === 0 ? true : undefined;
  });
  expect(done).toBe(true);
  expect(
    await world.knex('sent_mail').where({ template: 'login-code' }).whereLike('key', 'sign-in/%'),
  ).toHaveLength(2);
});

test('a refused account stays shut', async () => {
  const { session, workflowId, approval } = await inReview('dan@example.com');
  expect((await decide(approval, 'refuse')).body['state']).toBe('refused');
  await historyOf(workflowId, 'onboarding-refused');
  expect((await session.get('/v1/me')).body['state']).toBe('refused');
  const again = await session.post('/v1/kyc', { fullName: 'D', country: 'CH' });
  expect([again.status, again.body['code']]).toEqual([409, 'wrong-state']);
});

test('a session lives in a cookie that scripts and other sites cannot use, and ends when told', async () => {
  const email = 'eve@example.com';
  const { code } = await register(email);
  const { session, cookie } = await signIn(email, code);
  expect(cookie).toMatch(
    /^loanstone_session=lsc_[\w-]{43}; Path=\/v1; HttpOnly; SameSite=Strict; Max-Age=86400$/,
  );
  const pair = cookie.split(';')[0] ?? '';
  const anybody = world.as();
  expect((await anybody.get('/v1/me', { cookie: pair })).status).toBe(200);
  const foreign = { cookie: pair, origin: 'https://evil.example' };
  expect((await anybody.post('/v1/kyc', { fullName: 'E', country: 'CH' }, foreign)).body['code']).toBe(
    'origin-foreign',
  );
  const crossSite = { cookie: pair, 'sec-fetch-site': 'cross-site' };
  expect((await anybody.call('DELETE', '/v1/session', undefined, crossSite)).body['code']).toBe(
    'origin-foreign',
  );
  expect((await session.call('DELETE', '/v1/session')).status).toBe(200);
  expect((await anybody.get('/v1/me', { cookie: pair })).body['code']).toBe('not-signed-in');
});

test('too many codes for one email are refused for a while', async () => {
  const anybody = world.as();
  const answers = [];
  for (let i = 0; i < 6; i += 1)
    answers.push(await anybody.post('/v1/sessions/code', { email: 'flood@example.com' }));
  const last = answers.at(-1);
  expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  expect([last?.status, last?.body['code']]).toEqual([429, 'too-many-requests']);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});
