/** Mails about a loan: what was done, and what comes next to the byte, in plain text and in HTML. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { makeMailActivities } from '../../activities/mail';
import { writeBody, type MailText } from '../../activities/mail-body';
import { TEMPLATES, writeMail, type MailContent } from '../../activities/mail-templates';
import { makeKnex } from '../../db/knex';
import { insertLoan, keepChallenge, moveLoan, type LoanPatch } from '../../db/loan';
import type { LoanState } from '../../domain/loan';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
  await knex('registration').insert({ email: 'bea@example.test', customer_id: 'bea' });
  await knex('customer').insert({ id: 'bea', email: 'bea@example.test', state: 'open' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

const OFFERED: LoanPatch = {
  escrow_address: 'f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy',
  escrow_id_address: 'f01234',
  repayment_address: 'f1idnczimvnlcwhkpbluupyxp4647qwe45ofchnfy',
  owner_before: 'f01001',
  offer_deadline_epoch: 1_000_000,
};

const WAY: readonly (readonly [LoanState, LoanPatch])[] = [
  ['preflight', {}],
  ['in_approval', {}],
  ['approved', {}],
  ['escrow_offered', OFFERED],
  ['escrow_proposed', {}],
  ['escrow_confirmed', {}],
  ['disbursing', {}],
  ['active', { maturity_epoch: 2_000_000 }],
  ['overdue', {}],
  ['settled', {}],
  ['returning', {}],
  ['closed', {}],
];

/** A loan that has come as far as `until`. */
async function aLoan(id: string, until: LoanState): Promise<void> {
  const text = `text ${id}`;
  await keepChallenge(knex, { loan_id: id, customer_id: 'bea', miner: id, nonce: id, text, expiry_epoch: 9 });
  await knex.transaction((trx) =>
    insertLoan(trx, {
      id,
      borrowerId: 'bea',
      miner: 'f01000',
      amount: '100000000000000000000',
      termEpochs: 1000,
      poolId: 'flexible',
      bucket: 'standard',
      proof: { address: 'f1a', signature: '01aa' },
    }),
  );
  const own = (patch: LoanPatch): LoanPatch =>
    'escrow_address' in patch
      ? { ...patch, escrow_address: `e-${id}`, repayment_address: `r-${id}`, escrow_id_address: 'f01234' }
      : patch;
  for (const [state, patch] of WAY.slice(0, WAY.findIndex(([state]) => state === until) + 1))
    await knex.transaction((trx) => moveLoan(trx, id, state, { step: state, sentence: state }, own(patch)));
}

/** Frees miner and escrow for the next loan. */
const forget = async (id: string): Promise<void> => {
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  await owner.raw('ALTER TABLE loan DISABLE TRIGGER loan_guard');
  await owner('loan')
    .where({ id })
    .update({ state: 'cancelled', escrow_id_address: `was-${id}` });
  await owner.raw('ALTER TABLE loan ENABLE TRIGGER loan_guard');
  await owner.destroy();
};

type Sent = MailText & { readonly to: string; readonly messageId: string };

/** As mainnet: 30 s epochs since August 2020. */
const CLOCK = { genesisTime: 1_598_306_400, epochSeconds: 30 };

function aMailer() {
  const sent: Sent[] = [];
  const activities = makeMailActivities({
    knex,
    mailer: {
      send: (mail) => {
        sent.push(mail);
        return Promise.resolve();
      },
    },
    lotus: { network: () => Promise.resolve({ ...CLOCK, prefix: 'f', name: 'test' }) },
  });
  return { sent, activities };
}

const offer: MailContent = {
  template: 'loan-escrow-offered',
  data: { miner: 'f01000', amount: '100000000000000000000', escrow: 'f01234' },
};

test('the offer names the exact message, the command and the deadline, in both forms, once', async () => {
  await aLoan('offered', 'escrow_offered');
  const { sent, activities } = aMailer();
  const input = { ...offer, customerId: 'bea', key: 'loan/offered/escrow-offered-1' };
  expect(await activities.sendMail(input)).toEqual({ sent: true });
  expect(await activities.sendMail(input)).toEqual({ sent: false });
  const [mail] = sent;
  expect(sent).toHaveLength(1);
  expect(mail?.to).toBe('bea@example.test');
  for (const form of [mail?.text, mail?.html]) {
    // QwDSCQ== is the golden vector of ChangeOwnerAddress to f01234.
    for (const part of ['f01001', 'f01000', '0 FIL', '23', 'QwDSCQ==']) expect(form).toContain(part);
    expect(form).toContain('npm run wallet -- propose-owner --key FILE --miner f01000 --owner f01234');
    expect(form).toContain('epoch 1000000, 2021-08-07 03:20:00 UTC');
  }
  expect(mail?.text).toMatch(/^ {4}From: +f01001\n {4}To: +f01000\n {4}Value: +0 FIL\n/m);
  // What the workflow's history holds is the input: ids only.
  expect(JSON.stringify(input)).not.toMatch(/@|QwDS/);
  await forget('offered');
});

const PROPOSE = ['propose-owner --key FILE', 'QwDSCQ==', 'epoch 1000000, 2021-08-07'];
const CONFIRM = ['QwDpBw==', 'confirm-owner --key FILE --miner f01000'];
const PAY = ['send --key FILE --to r-', 'epoch 2000000, 2022-07-20'];

/** The life of a loan: the state it is in when it mails the borrower, which mail, and what that says comes next. */
const STEPS: readonly (readonly [LoanState, string, readonly string[]])[] = [
  ['preflight', 'loan-received', ['Wait: our staff look']],
  ['approved', 'loan-approved', ['Wait: an escrow address is being made']],
  ['escrow_offered', 'loan-escrow-offered', PROPOSE],
  ['escrow_offered', 'loan-offer-reminder', PROPOSE],
  ['escrow_offered', 'loan-proposal-wrong', PROPOSE],
  ['escrow_proposed', 'loan-proposal-final', ['Wait: we take the owner role']],
  ['escrow_confirmed', 'loan-owner-held', ['Wait: we check the miner at finality']],
  ['active', 'loan-disbursed', PAY],
  ['active', 'loan-payment', [...PAY, '0.5 FIL of it was more than you owed: it is on your account']],
  ['active', 'loan-fee-debt', [...PAY, 'method 22 (RepayDebt)']],
  ['active', 'loan-extended', PAY],
  ['active', 'loan-maturity-reminder', [...PAY, 'falls due at epoch 9']],
  ['overdue', 'loan-overdue', ['The loan is due: pay to r-', ...PAY]],
  ['returning', 'loan-settled', CONFIRM],
  ['returning', 'loan-return-reminder', CONFIRM],
  ['returning', 'loan-turned-back', CONFIRM],
  ['returning', 'loan-owner-return', CONFIRM],
];
/** The loan is over: nothing comes next. */
const ENDS = [
  'loan-rejected',
  'loan-expired',
  'loan-cancelled',
  'loan-owner-returned',
  'loan-closed',
] as const;

const DATA = {
  ...{ miner: 'f01000', amount: '100000000000000000000', excess: '500000000000000000', debt: '0' },
  ...{ escrow: 'f01234', proposed: 'f0666', reason: 'a reason', fromEpoch: 1, toEpoch: 2, epoch: 9 },
};

test('every mail about a loan stands in a table here, and is sent by its workflow', () => {
  const known = Object.keys(TEMPLATES).filter((template) => template.startsWith('loan-'));
  expect([...STEPS.map(([, template]) => template), ...ENDS].sort()).toEqual(known.sort());
  const folder = join(__dirname, '..', '..', 'workflows');
  const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  for (const template of known) expect(source.some((text) => text.includes(`'${template}'`))).toBe(true);
});

test.each(STEPS)('in state %s the mail %s says how to go on', async (state, template, parts) => {
  const id = `${state}-${template}`;
  await aLoan(id, state);
  const { sent, activities } = aMailer();
  const content = { template, data: DATA } as unknown as MailContent;
  await activities.sendMail({ ...content, customerId: 'bea', key: `loan/${id}/x` });
  for (const part of parts) for (const form of [sent[0]?.text, sent[0]?.html]) expect(form).toContain(part);
  await forget(id);
});

test.each(ENDS)('%s ends without a next step', async (template) => {
  await aLoan(template, 'closed');
  const { sent, activities } = aMailer();
  const content = { template, data: DATA } as unknown as MailContent;
  await activities.sendMail({ ...content, customerId: 'bea', key: `loan/${template}/x` });
  expect(sent[0]?.text).toContain('f01000');
  expect(sent[0]?.text).not.toContain('What comes next');
  await forget(template);
});

test('a loan that is over, and a mail about no loan, end without a next step', async () => {
  await aLoan('over', 'closed');
  const { sent, activities } = aMailer();
  const closed = { template: 'loan-closed', data: { miner: 'f01000' } } as const;
  await activities.sendMail({ ...closed, customerId: 'bea', key: 'loan/over/closed' });
  await activities.sendMail({
    template: 'account-open',
    data: {},
    customerId: 'bea',
    key: 'onboarding/bea/open',
  });
  expect(sent).toHaveLength(2);
  for (const { text } of sent) expect(text).not.toContain('What comes next');
});

test('every template is written in both forms and says the same in each', () => {
  const data = new Proxy(
    {},
    {
      get: (_, name) =>
        ['amount', 'excess', 'debt'].includes(String(name)) ? '1500000000000000000' : `<${String(name)}>`,
    },
  );
  for (const template of Object.keys(TEMPLATES)) {
    const { subject, text, html } = writeMail({ template, data } as unknown as MailContent, ['More & more']);
    expect(subject).not.toBe('');
    const paragraphs = text.trim().split('\n\n');
    expect(paragraphs.slice(-2)).toEqual(['More & more', 'Loanstone']);
    for (const paragraph of paragraphs)
      expect(html).toContain(
        paragraph.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      );
  }
});

test('HTML holds no mark-up of what it shows, and loads nothing from elsewhere', () => {
  const { html } = writeBody('s', [
    '<script>"x"</script>',
    { facts: [['<b>', '<i>']] },
    { command: 'a && b > "c"' },
  ]);
  expect(html).not.toMatch(/<script|<b>|<i>|href|src=/);
  expect(html).toContain('a &amp;&amp; b &gt; &quot;c&quot;');
});
