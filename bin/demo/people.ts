/** Scene: people register by an emailed code and are let in by staff. */
import { amountOf, listQuery, makeSession, textOf, type Json, type Session } from './http';
import type { Customer, Play, Staff } from './play';

const CODE = /\b(\d{6})\b/;

/** Signs the sample staff in. */
export async function signInStaff(
  baseUrl: string | readonly string[],
  logins: Readonly<Record<keyof Staff, { readonly email: string; readonly password: string }>>,
): Promise<Staff> {
  const signIn = async (who: keyof Staff): Promise<Session> => {
    const { email, password } = logins[who];
    const answer = await makeSession(baseUrl).post('/admin/v1/session', { email, password });
    return makeSession(baseUrl, textOf(answer['token']));
  };
  return {
    maker: await signIn('maker'),
    checker: await signIn('checker'),
    treasurer: await signIn('treasurer'),
    auditor: await signIn('auditor'),
    admin: await signIn('admin'),
  };
}

async function newestCode(play: Play, email: string): Promise<string | null> {
  const mails = await makeSession(play.baseUrl).list(`/dev/mail.json?to=${encodeURIComponent(email)}`);
  for (const mail of mails) {
    const code = CODE.exec(textOf(mail['text']))?.[1];
    if (code !== undefined) return code;
  }
  return null;
}

/** Finds the waiting approval on a subject. */
export async function waitingApproval(play: Play, subjectId: string): Promise<Json> {
  return play.waiter.until(`an approval of ${subjectId}`, async () => {
    const rows = await play.staff.auditor.list(
      `/admin/v1/approvals${listQuery({ state: 'waiting', subjectId }, ['createdAt', 'DESC'])}`,
    );
    return rows[0] ?? null;
  });
}

/** Registers by email, verifies the code, sends the profile, is accepted by staff and gets a deposit address. */
export async function onboard(
  play: Play,
  name: string,
  profile: { fullName: string; country: string },
): Promise<Customer> {
  const email = `${name}@example.com`;
  const anybody = makeSession(play.baseUrl);
  await anybody.post('/v1/registrations', { email });
  const code = await play.waiter.until(`the code mailed to ${email}`, () => newestCode(play, email));
  const wrong = await anybody.refusalOf('/v1/sessions', {
    email,
    code: code === '000000' ? '000001' : '000000',
  });
  play.report.check(`A wrong code for ${email} is refused`, wrong, 'code-wrong');
  const session = makeSession(
    play.baseUrl,
    textOf((await anybody.post('/v1/sessions', { email, code }))['token']),
  );
  await session.post('/v1/kyc', profile);
  const me = await session.get('/v1/me');
  const approval = await waitingApproval(play, textOf(me['id']));
  await play.staff.checker.post(`/admin/v1/approvals/${textOf(approval['id'])}/accept`, {
    reason: 'Identity checked',
    subjectHash: approval['subjectHash'],
  });
  const open = await play.waiter.until(`the account of ${name} to open`, async () => {
    const now = await session.get('/v1/me');
    return now['state'] === 'open' && textOf(now['depositAddress']) !== '' ? now : null;
  });
  return { name, email, id: textOf(me['id']), session, depositAddress: textOf(open['depositAddress']) };
}

/** What a customer has at hand on the platform, attoFIL. */
export async function available(customer: Customer): Promise<bigint> {
  return amountOf((await customer.session.get('/v1/balances'))['available']);
}
