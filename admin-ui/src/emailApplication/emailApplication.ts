import type { Problem } from '../providers/problem';

export interface EmailApplication {
  /** Of the loan. */
  readonly id: string;
  readonly borrowerId: string;
  readonly miner: string;
  /** Of the loan; null where the application was refused. */
  readonly state: string | null;
  readonly openedBy: string;
  readonly openedByEmail: string;
  readonly messageId: string;
  readonly subject: string;
  readonly receivedAt: string;
  readonly content: string | null;
  readonly attachmentSha256: string | null;
  readonly openedAt: string;
}

/** What the form holds, as typed. */
export interface Draft {
  readonly borrowerId: string;
  readonly miner: string;
  readonly loanId: string;
  readonly amount: string;
  readonly termEpochs: string;
  readonly address: string;
  readonly signature: string;
  readonly messageId: string;
  readonly subject: string;
  readonly receivedAt: string;
  readonly content: string;
  readonly attachmentSha256: string;
}

export type Field = keyof Draft;

export const emptyDraft: Draft = {
  borrowerId: '',
  miner: '',
  loanId: '',
  amount: '',
  termEpochs: '',
  address: '',
  signature: '',
  messageId: '',
  subject: '',
  receivedAt: '',
  content: '',
  attachmentSha256: '',
};

export type Wrong = Partial<Record<Field, string>>;

/** Refusals that name no field of the request, by the field that a person would change. */
const fieldOfCode: Readonly<Record<string, Field>> = {
  'miner-unknown': 'miner',
  'miner-not-id': 'miner',
  'miner-has-open-loan': 'miner',
  'address-malformed': 'miner',
  'address-checksum': 'miner',
  'address-other-network': 'miner',
  'address-not-canonical': 'miner',
  'owner-kind-multisig': 'miner',
  'owner-kind-contract': 'miner',
  'owner-proof-invalid': 'signature',
  'owner-proof-expired': 'signature',
  'owner-proof-used': 'loanId',
  'not-found': 'loanId',
  'term-out-of-range': 'termEpochs',
  'customer-not-open': 'borrowerId',
};

/** What the server said, at the fields that it means; empty where it means none. */
export function wrongOf(problem: Pick<Problem, 'code' | 'message' | 'fields'>): Wrong {
  const named = problem.fields.flatMap(({ pointer, message }) => {
    const name = pointer.split('/').pop() ?? '';
    // The mail as a whole lacks its text or attachment.
    const field = name === 'email' ? 'content' : name;
    return field in emptyDraft ? [[field, message] as const] : [];
  });
  if (named.length > 0) return Object.fromEntries(named);
  const field = fieldOfCode[problem.code];
  return field === undefined ? {} : { [field]: problem.message };
}
