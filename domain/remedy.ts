/** What two people let go on after it was stopped for a person. */
import type { CorrectionLine } from './correction';

/** `unfreeze`: a sender signs again. `resolution`: a finding is dealt with. The approval's kind has the same name. */
export type RemedyKind = 'unfreeze' | 'resolution';

/** Who asks, for what and why. */
export interface RemedyRequest {
  readonly id: string;
  readonly kind: RemedyKind;
  /** The sender's address, or the finding's number as text. */
  readonly subjectId: string;
  readonly reason: string;
  /** The journal that makes a break's differences vanish, where one is needed. */
  readonly journal?: readonly CorrectionLine[];
  readonly actor: { readonly id: string; readonly role: string };
}
