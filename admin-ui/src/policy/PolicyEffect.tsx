import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { API, request } from '../providers/request';
import { rowOf } from '../providers/row';
import { entriesOf, valueName, type Policy } from './policy';
import { PolicyValue } from './PolicyValue';

async function readPolicy(id: string, signal: AbortSignal): Promise<Policy> {
  return rowOf<Policy>((await request(`${API}/policies/${encodeURIComponent(id)}`, { signal })).json);
}

/** The value that was proposed, where it is one. */
function proposedOf(subject: Readonly<Record<string, unknown>>, field: string): string | number | null {
  const value = subject[field];
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function Values({
  policy,
  subject,
}: {
  readonly policy: Policy;
  readonly subject: Readonly<Record<string, unknown>>;
}) {
  return (
    <PlainTable
      label="Before and after"
      rows={entriesOf(policy.values)}
      keyOf={([field]) => field}
      empty=""
      columns={[
        { label: 'Value', cell: ([field]) => valueName(field) },
        {
          label: 'In force',
          align: 'right',
          cell: ([field, value]) => <PolicyValue field={field} value={value} />,
        },
        {
          label: 'Proposed',
          align: 'right',
          cell: ([field, value]) => {
            const proposed = proposedOf(subject, field);
            if (proposed === null || proposed === value) return 'unchanged';
            return (
              <strong>
                <PolicyValue field={field} value={proposed} />
              </strong>
            );
          },
        },
      ]}
    />
  );
}

/** What accepting other values of a policy changes. */
export function PolicyEffect({ subject }: { readonly subject: Readonly<Record<string, unknown>> }) {
  const { policy, of } = subject;
  if (typeof policy !== 'string') return null;
  const id = typeof of === 'string' && of !== '' ? `${policy}.${of}` : policy;
  return (
    <Panel title="What it changes" hint="From the values in force now" flush>
      <Loaded queryKey={['policies', id]} read={(signal) => readPolicy(id, signal)}>
        {(found) => <Values policy={found} subject={subject} />}
      </Loaded>
    </Panel>
  );
}
