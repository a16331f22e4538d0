/** Where the loans are played: a stack with a devnet of its own, and everybody's hands on it. */
import { makeLotus, type Lotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { openSession } from '../../db/session';
import type { Knex } from 'knex';
import type { StackInfo } from '../../stack/info';
import { callJsonRpc } from '../../stack/json-rpc';
import { makeSession, type Session } from '../demo/http';
import { loginsOf } from '../demo/logins';
import { signInStaff } from '../demo/people';
import type { Staff } from '../demo/play';

export interface Site {
  readonly info: StackInfo;
  readonly lotus: Lotus;
  /** The database's owner: for looking, and for customers whose onboarding is not what is measured. */
  readonly owner: Knex;
  readonly prefix: 'f' | 't';
  /** Staff at each API process. */
  readonly staff: readonly Staff[];
  /** A call of the devnet's control namespace. */
  readonly control: (method: string, ...params: unknown[]) => Promise<unknown>;
  /** An open customer, signed in at the n-th API process. */
  readonly customer: (id: string, n: number) => Promise<Session>;
  /** The API processes, the n-th first. */
  readonly api: (n: number) => readonly string[];
  readonly close: () => Promise<void>;
}

const PATIENCE = { timeoutMs: 60_000, tries: 5 } as const;

/** Opens a stack that runs. @throws where its chain is not our devnet: it has no control */
export async function openSite(info: StackInfo): Promise<Site> {
  const { controlToken } = info.lotus;
  if (controlToken === null) throw new Error('the bench plays on a devnet of its own');
  const lotus = makeLotus({ url: info.lotus.rpc, token: info.lotus.token, ...PATIENCE });
  const owner = makeKnex(info.database.owner, { poolMax: 4, applicationName: 'loanstone-bench' });
  const logins = loginsOf(info.logins);
  const staff: Staff[] = [];
  const { apis } = info.urls;
  const api = (n: number): readonly string[] =>
    apis.map((_, i) => apis[(n + i) % apis.length] ?? info.urls.app);
  for (const n of apis.keys()) staff.push(await signInStaff(api(n), logins));
  return {
    info,
    lotus,
    owner,
    prefix: (await lotus.network()).prefix,
    staff,
    api,
    control: (method, ...params) => callJsonRpc({ rpc: info.lotus.rpc, token: controlToken, method, params }),
    customer: async (id, n) => {
      const email = `${id}@example.com`;
      await owner('registration').insert({ email, customer_id: id });
      await owner('customer').insert({ id, email, state: 'open', opened_at: owner.fn.now() });
      return makeSession(api(n), (await openSession(owner, 'customer', id)).token);
    },
    close: () => owner.destroy(),
  };
}
