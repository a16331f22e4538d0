/** Onboarding: the customer's row moves with the workflow; codes are made and mailed without entering a history. */
import type { Knex } from 'knex';
import {
  adoptProfile,
  adoptRegistration,
  findCustomer,
  moveCustomer,
  type CustomerState,
} from '../db/customer';
import { CODE_MINUTES, makeCode } from '../db/login-code';
import { sendOnce, wasSent, type MailDeps } from './mail';
import { loginCodeMail } from './mail-templates';

/** Task queue `ledger`. */
export function makeOnboardingActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Makes the customer of a registration. */
    adoptRegistration: (input: { customerId: string }): Promise<{ state: CustomerState; round: number }> =>
      knex.transaction((trx) => adoptRegistration(trx, input.customerId)),

    moveCustomer: (input: { customerId: string; from: CustomerState; to: CustomerState }): Promise<void> =>
      knex.transaction((trx) => moveCustomer(trx, input.customerId, input.from, input.to)),

    /** Makes the sealed profile the customer's own and begins the review. */
    adoptProfile: (input: { customerId: string; profileId: string }): Promise<void> =>
      knex.transaction((trx) => adoptProfile(trx, input.customerId, input.profileId)),
  };
}

/** Task queue `mail`. */
export function makeLoginCodeActivities(deps: Pick<MailDeps, 'knex' | 'mailer'>) {
  return {
    /**
     * Makes a one-time code and mails it; the code is in the mail only, its hash in the database. Nobody is mailed
     * where the customer is unknown: a stranger's email was asked about.
     */
    async mailLoginCode(input: { customerId: string; key: string }): Promise<{ sent: boolean }> {
      const { customerId, key } = input;
      const customer = await findCustomer(deps.knex, customerId);
      if (!customer || (await wasSent(deps.knex, key))) return { sent: false };
      const code = await makeCode(deps.knex, customerId, key);
      return { sent: await sendOnce(deps, customer, key, 'login-code', loginCodeMail(code, CODE_MINUTES)) };
    },
  };
}
