/** Sending addresses with their nonce slots as /admin/v1/senders gives them; imports nothing, for the root's tests. */

export interface SlotAttempt {
  readonly id: number;
  readonly cid: string;
  readonly gasLimit: number;
  /** attoFIL a gas unit, decimal text */
  readonly feeCap: string;
  readonly premium: string;
  readonly createdEpoch: number;
  readonly landed: boolean;
}

export interface Slot {
  readonly nonce: number;
  readonly messageId: string;
  readonly kind: string;
  readonly summary: string;
  readonly state: string;
  readonly value: string | null;
  readonly needsAction: string | null;
  readonly includedEpoch: number | null;
  readonly exitCode: number | null;
  /** atto, decimal text: what it cost, once final. */
  readonly gas: string | null;
  readonly gasUsed: number | null;
  /** Epochs since the first attempt while none has landed. */
  readonly waiting: number | null;
  readonly reorgs: number;
  readonly attempts: readonly SlotAttempt[];
}

export interface Sender {
  readonly id: string;
  readonly address: string;
  readonly kind: string;
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly idAddress: string | null;
  readonly nextNonce: number;
  readonly mode: string;
  readonly frozenReason: string | null;
  /** Waits for a second person: that it signs again. */
  readonly approvalId: string | null;
  readonly unsettled: number;
  readonly drafts: number;
  readonly needing: number;
  readonly lastAt: string | null;
  readonly slots: readonly Slot[];
}

/** What a slot is for the eye. `behind`: it cannot land before an earlier one does. */
export type SlotStand = 'landed' | 'failed' | 'included' | 'waiting' | 'behind' | 'stuck' | 'conflict';

/** Waits this many epochs without landing: something is wrong with its fee, or with the chain. */
export const STUCK_EPOCHS = 20;

function standAlone({ state, waiting, needsAction }: Slot): SlotStand {
  if (state === 'final') return 'landed';
  if (state === 'failed') return 'failed';
  if (state === 'conflict') return 'conflict';
  if (state === 'included') return 'included';
  return needsAction !== null || (waiting ?? 0) > STUCK_EPOCHS ? 'stuck' : 'waiting';
}

/** The slots of a lane with their stand: one that hangs holds up all after it. */
export function standsOf(slots: readonly Slot[]): (readonly [Slot, SlotStand])[] {
  let held = false;
  return slots.map((slot) => {
    const alone = standAlone(slot);
    // However long it waits, it is not its own fault; unless it asks for help itself.
    const patient = alone === 'waiting' || (alone === 'stuck' && slot.needsAction === null);
    const stand = held && patient ? 'behind' : alone;
    held ||= alone === 'waiting' || alone === 'stuck' || alone === 'conflict';
    return [slot, stand] as const;
  });
}

/** Nonces that no slot shown has, before the first shown and between them. */
export function gapsOf(slots: readonly Slot[]): (readonly [from: number, to: number])[] {
  return slots.flatMap(({ nonce }, index) => {
    const expected = index === 0 ? 0 : (slots[index - 1]?.nonce ?? 0) + 1;
    return nonce > expected ? [[expected, nonce - 1] as const] : [];
  });
}

export const standWords: Readonly<Record<SlotStand, string>> = {
  landed: 'final',
  failed: 'failed on chain',
  included: 'included, not final',
  waiting: 'on its way',
  behind: 'waits behind an earlier one',
  stuck: 'hangs',
  conflict: 'nonce used by a foreign message',
};

const NANO = 10n ** 9n;

/** Gas in nanoFIL with one decimal, cut: what a message costs is far below what four decimals of FIL show. */
export function gasText(atto: string): string {
  const tenths = BigInt(atto) / (NANO / 10n);
  const whole = (tenths / 10n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${whole}.${tenths % 10n} nFIL`;
}

/** What the address is for. */
export function nameOf(kind: string): string {
  return kind === 'hot' ? 'Hot wallet' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)} address`;
}
