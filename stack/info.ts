import { z } from 'zod';
import { SAMPLE_ROLES } from './data-folder';

const url = z.string();

/** The parts' processes, each with the moment it started. */
export const processesSchema = z.array(z.object({ name: z.string(), pid: z.number(), started: z.string() }));

/** What `stack.json` in the data folder holds: everything a person or a program needs to reach each part. */
export const stackInfoSchema = z.object({
  running: z.boolean(),
  /** ISO 8601. */
  startedAt: z.string(),
  dataFolder: z.string(),
  pid: z.number(),
  urls: z.object({
    app: url,
    /** Every API process; `app` is the first. */
    apis: z.array(url).min(1),
    admin: url,
    docs: url,
    temporalUi: url.nullable(),
    mail: url.nullable(),
    lotus: url,
  }),
  database: z.object({ app: url, owner: url, signer: url }),
  temporal: z.object({ address: z.string(), namespace: z.string(), ui: url.nullable() }),
  lotus: z.object({
    rpc: url,
    token: z.string(),
    /** Of our own devnet only. */
    tokens: z.object({ admin: z.string(), sign: z.string(), write: z.string(), read: z.string() }).nullable(),
    controlToken: z.string().nullable(),
  }),
  mail: z.object({ smtp: url, http: url.nullable() }),
  logins: z.array(z.object({ role: z.enum(SAMPLE_ROLES), email: z.string(), password: z.string() })),
  processes: processesSchema,
});

export type StackInfo = z.infer<typeof stackInfoSchema>;
