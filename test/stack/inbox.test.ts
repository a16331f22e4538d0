import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { startChild, type Child } from '../../stack/child';

const folder = mkdtempSync(join(tmpdir(), 'loanstone-inbox-'));
let child: Child;
let http: string;
let smtp: string;

beforeAll(async () => {
  const args = ['--import', 'tsx', 'stack/inbox.ts'];
  const cwd = join(__dirname, '..', '..');
  child = startChild({ name: 'inbox', command: process.execPath, args, cwd, logFile: join(folder, 'log') });
  const ready = await child.firstJson('smtp', 30_000);
  http = String(ready['http']);
  smtp = String(ready['smtp']);
});

afterAll(async () => {
  await child.stop();
  rmSync(folder, { recursive: true });
});

interface Shown {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
}

const messages = async (query = ''): Promise<Shown[]> =>
  (await fetch(`${http}/messages${query}`)).json() as Promise<Shown[]>;

test('mails are shown newest first, by recipient, with their text as it was written', async () => {
  const transport = createTransport(smtp);
  const text = `Ihr Code ist 123456 – gültig für 10 Minuten.\n${'A long line that must be wrapped on the wire. '.repeat(6)}\nEnde = gut`;
  await transport.sendMail({
    from: 'Bank <bank@example.com>',
    to: 'Ann@example.com',
    subject: 'Dein Code: ½ Minute',
    text,
  });
  await transport.sendMail({
    from: 'bank@example.com',
    to: 'bob@example.com',
    subject: 'second',
    text: 'two',
    html: '<p>two</p>',
  });
  transport.close();
  expect((await messages()).map(({ subject }) => subject)).toEqual(['second', 'Dein Code: ½ Minute']);
  const [mail, ...others] = await messages('?to=ann@example.com');
  expect(others).toEqual([]);
  expect(mail).toMatchObject({
    to: 'Ann@example.com',
    subject: 'Dein Code: ½ Minute',
    from: 'Bank <bank@example.com>',
  });
  expect(mail?.text.trim()).toBe(text);
  expect((await messages('?to=bob@example.com'))[0]?.text.trim()).toBe('two');
});

test('it can be emptied', async () => {
  expect((await fetch(`${http}/messages`, { method: 'DELETE' })).status).toBe(204);
  expect(await messages()).toEqual([]);
});
