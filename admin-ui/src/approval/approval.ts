/** Approvals as /admin/v1/approvals gives them. */

export type ApprovalKind =
  | 'onboarding'
  | 'loan'
  | 'loan-extension'
  | 'loan-disbursement'
  | 'top-up'
  | 'help'
  | 'unfreeze'
  | 'resolution'
  | 'withdrawal'
  | 'lift'
  | 'assignment'
  | 'to-cold'
  | 'rate'
  | 'policy'
  | 'comparison';

export interface ApprovalDecision {
  readonly actorId: string;
  readonly actorRole: string;
  readonly actorEmail: string | null;
  readonly decision: 'accept' | 'refuse';
  readonly reason: string;
  readonly at: string;
}

export interface Approval {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly workflowId: string;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly subjectHash: string;
  readonly makerId: string | null;
  readonly makerEmail: string | null;
  readonly quorum: number;
  readonly state: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly decisions: readonly ApprovalDecision[];
  /** Whom it is about, where it opens an account; on the single record only. */
  readonly customer?: {
    readonly id: string;
    readonly email: string;
    readonly fullName: string | null;
    readonly country: string | null;
  } | null;
}

export const kindNames: Readonly<Record<ApprovalKind, string>> = {
  onboarding: 'Opening an account',
  loan: 'Loan',
  'loan-extension': 'Loan extension',
  'loan-disbursement': 'Loan disbursement',
  'top-up': 'Treasury top-up',
  help: 'Help for a workflow',
  unfreeze: 'A frozen sender signs again',
  resolution: 'A finding is dealt with',
  withdrawal: 'Withdrawal',
  lift: 'A freeze is lifted',
  assignment: 'Unattributed FIL is assigned',
  'to-cold': 'Transfer to the cold address',
  rate: 'New rates',
  policy: 'New policy',
  comparison: 'Comparison with other platforms',
};

/** Who asked, for readers. */
export function makerOf({ makerId, makerEmail }: Approval): string {
  return makerId === null ? 'the workflow' : (makerEmail ?? makerId);
}

/** Why this person may not decide on it, in one sentence; null where they may. The server judges again. */
export function blockedFor(
  approval: Approval,
  person: { id: string; permissions: readonly string[] } | undefined,
): string | null {
  if (!person) return 'Your permissions are being read.';
  if (approval.state !== 'waiting') return `This approval is ${approval.state}.`;
  if (approval.makerId === person.id)
    return 'You asked for this yourself: somebody else has to decide (four eyes).';
  if (!person.permissions.includes(`approval:decide-${approval.kind}`))
    return 'Your role does not decide on this kind of approval.';
  if (approval.decisions.some(({ actorId }) => actorId === person.id))
    return 'You have decided on this already.';
  return null;
}
