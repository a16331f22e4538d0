/** Posting mails: each gets a workflow of its own, so that whoever tells of something goes on at once. Queue `ledger`. */
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { SA, workflowIds } from '../workflows/handles';
import type { RemindDecidersInput, SendMailInput, TellStaffInput } from './mail';

/** To a customer, from a template; to everyone who may decide on an approval; or a notice to staff. */
export type Letter =
  | ({ readonly to: 'customer' } & SendMailInput)
  | ({ readonly to: 'deciders' } & RemindDecidersInput)
  | ({ readonly to: 'staff' } & TellStaffInput);

export interface Posted {
  /** The workflow that sends it. */
  readonly mailId: string;
}

/** Task queue `ledger`: whatever the mail server and the workers of `mail` do, posting works. */
export function makePostActivities({ client }: { readonly client: Client }) {
  return {
    /** Puts a mail on its way; the same key is the same mail, posted once. */
    async postMail(letter: Letter): Promise<Posted> {
      const mailId = workflowIds.mail(letter.key);
      const about = letter.to === 'customer' ? [{ key: SA.customerRef, value: letter.customerId }] : [];
      const what =
        letter.to === 'customer'
          ? letter.template
          : letter.to === 'staff'
            ? letter.notice
            : 'approval-waiting';
      try {
        await client.workflow.start<(letter: Letter) => Promise<unknown>>('mail', {
          taskQueue: 'core',
          workflowId: mailId,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [letter],
          staticSummary: `The mail ${what}`,
          typedSearchAttributes: new TypedSearchAttributes([
            { key: SA.lifecycle, value: 'mail' },
            { key: SA.state, value: 'sending' },
            ...about,
          ]),
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      return { mailId };
    },
  };
}
