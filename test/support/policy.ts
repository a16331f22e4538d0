import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { bookPolicy } from '../../db/policy-proposal';

let agreed = 0;

/** Puts other values of a policy in force, as two people would have; `owner` is the database's owner role. */
export async function agreePolicy(
  owner: Knex,
  kind: string,
  subject: string,
  content: Readonly<Record<string, string | number>>,
): Promise<void> {
  const id = `agreed-${kind}-${++agreed}`;
  const now = await owner('policy_version')
    .where({ kind, subject })
    .max<{ version: number }[]>('version as version');
  await owner('approval').insert({
    ...{
      id,
      kind: 'policy',
      subject_kind: 'policy',
      subject_id: kind,
      workflow_id: `policy/${id}`,
      quorum: 1,
    },
    subject: JSON.stringify({
      ...content,
      policy: kind,
      of: subject,
      follows: now[0]?.version,
      reason: 'a test',
    }),
    subject_hash: createHash('sha256').update(id).digest('hex'),
    ...{ maker_id: 'maker', state: 'accepted', closed_at: new Date() },
  });
  await owner.transaction((trx) => bookPolicy(trx, id));
}
