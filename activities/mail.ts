/** Mail: activities know people by id and read the address from the database, so that none enters a history. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { PERMISSIONS, decidePermission, type ApprovalKind, type Permission } from '../domain/permission';
import type { MailText } from './mail-body';
import { loanOfKey, nextBlocks, type LoanMailDeps } from './mail-loan';
import {
  approvalWaitingMail,
  NOTICES,
  writeMail,
  writeNotice,
  type MailContent,
  type Notice,
} from './mail-templates';

export interface Mailer {
  readonly send: (mail: MailText & { readonly to: string; readonly messageId: string }) => Promise<void>;
}

export interface MailDeps extends LoanMailDeps {
  readonly mailer: Mailer;
}

/** `key` is `<workflowId>/<step>`: the same key is the same mail, sent once. */
export type SendMailInput = MailContent & { readonly customerId: string; readonly key: string };

/** `key` as above, of the whole round; each person's mail has one of its own. */
export interface RemindDecidersInput {
  readonly approvalId: string;
  readonly kind: ApprovalKind;
  readonly key: string;
}

/** `key` as above. */
export type TellStaffInput = Notice & { readonly key: string };

/**
 * Sends one mail unless its key was sent already. A crash between sending and noting it can send it twice, with the
 * same Message-ID, by which mail programs drop the second.
 * @returns whether it was sent now
 */
export async function sendOnce(
  deps: Pick<MailDeps, 'knex' | 'mailer'>,
  recipient: { readonly id: string; readonly email: string },
  key: string,
  template: string,
  text: MailText,
): Promise<boolean> {
  const { knex, mailer } = deps;
  if (await wasSent(knex, key)) return false;
  const messageId = `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@loanstone>`;
  await mailer.send({ ...text, to: recipient.email, messageId });
  await knex('sent_mail')
    .insert({ key, recipient_id: recipient.id, template, message_id: messageId })
    .onConflict('key')
    .ignore();
  return true;
}

/** Tells whether the mail of this key went out. */
export async function wasSent(knex: Knex, key: string): Promise<boolean> {
  return (await knex<{ key: string }>('sent_mail').where({ key }).first('key')) !== undefined;
}

/** The same mail to everyone who holds a permission, each once. */
async function mailAll(
  deps: Pick<MailDeps, 'knex' | 'mailer'>,
  permission: Permission,
  mail: { readonly key: string; readonly template: string; readonly text: MailText },
): Promise<{ sent: number }> {
  const people = await deps
    .knex<{ id: string; email: string; role: string; disabled_at: Date | null }>('staff')
    .whereIn('role', [...PERMISSIONS[permission]])
    .whereNull('disabled_at')
    .orderBy('id');
  let sent = 0;
  for (const person of people)
    if (await sendOnce(deps, person, `${mail.key}/${person.id}`, mail.template, mail.text)) sent += 1;
  return { sent };
}

/** Task queue `mail`. */
export function makeMailActivities(deps: MailDeps) {
  const { knex } = deps;
  return {
    /** Mails a customer from a template; ids and amounts only in `data`. A loan's mail ends with what comes next. */
    async sendMail(input: SendMailInput): Promise<{ sent: boolean }> {
      const customer = await knex<{ id: string; email: string }>('customer')
        .where({ id: input.customerId })
        .first();
      if (!customer) throw new Error(`no customer ${input.customerId} to mail`);
      if (await wasSent(knex, input.key)) return { sent: false };
      const loanId = loanOfKey(input.key);
      const next = loanId === null ? [] : await nextBlocks(deps, loanId);
      return { sent: await sendOnce(deps, customer, input.key, input.template, writeMail(input, next)) };
    },

    /** Reminds everyone who may decide on the approval; nothing when nobody may. */
    async mailDeciders(input: RemindDecidersInput): Promise<{ sent: number }> {
      const text = approvalWaitingMail(input.kind, input.approvalId);
      return mailAll(deps, decidePermission(input.kind), {
        key: input.key,
        template: 'approval-waiting',
        text,
      });
    },

    /** Tells all of staff whose role holds the notice's permission. */
    async mailStaff(input: TellStaffInput): Promise<{ sent: number }> {
      const text = writeNotice(input);
      const { permission } = NOTICES[input.notice];
      return mailAll(deps, permission, { key: input.key, template: input.notice, text });
    },
  };
}
