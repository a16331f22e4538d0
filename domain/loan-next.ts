/** What the borrower should do next, in words and as the exact message to sign. */
import { addressBytes, type Address } from './address';
import type { LoanState } from './loan';

/** A message for the borrower's own wallet; amounts in atto, params base64. */
export interface WalletMessage {
  readonly to: string;
  readonly from: string;
  readonly value: '0';
  readonly method: number;
  readonly params: string;
}

export interface NextAction {
  readonly sentence: string;
  readonly message: WalletMessage | null;
  readonly command: string | null;
  /** Last epoch for it, where there is one. */
  readonly deadlineEpoch: number | null;
}

export interface LoanOutlook {
  readonly state: LoanState;
  readonly miner: string;
  /** ID addresses, once known. */
  readonly owner: Address | null;
  readonly escrow: Address | null;
  readonly repaymentAddress: string | null;
  readonly offerDeadlineEpoch: number | null;
}

const CHANGE_OWNER_METHOD = 23;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.subarray(at, at + 3);
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += BASE64.charAt(word >> 18) + BASE64.charAt((word >> 12) & 63);
    text +=
      (b === undefined ? '=' : BASE64.charAt((word >> 6) & 63)) +
      (c === undefined ? '=' : BASE64.charAt(word & 63));
  }
  return text;
}

/** Params of ChangeOwnerAddress as base64: CBOR of the bare bytes of an ID address (at most 10, so one head byte). */
export function changeOwnerBase64(owner: Address): string {
  const bytes = addressBytes(owner);
  return base64(Uint8Array.of(0x40 | bytes.length, ...bytes));
}

function changeOwner(miner: string, from: Address, to: Address): WalletMessage {
  return { to: miner, from, value: '0', method: CHANGE_OWNER_METHOD, params: changeOwnerBase64(to) };
}

const say = (sentence: string): NextAction => ({
  sentence,
  message: null,
  command: null,
  deadlineEpoch: null,
});

function propose({ miner, owner, escrow, offerDeadlineEpoch }: LoanOutlook): NextAction {
  if (owner === null || escrow === null) return say('Wait: the escrow address is being made.');
  return {
    sentence: `Propose ${escrow} as the owner of ${miner}: send this message from the present owner.`,
    message: changeOwner(miner, owner, escrow),
    command: `npm run wallet -- propose-owner --key FILE --miner ${miner} --owner ${escrow}`,
    deadlineEpoch: offerDeadlineEpoch,
  };
}

function confirm({ miner, owner }: LoanOutlook): NextAction {
  if (owner === null) return say('Wait: the owner role is on its way back.');
  return {
    sentence: `Confirm that ${owner} owns ${miner} again: send this message from that owner.`,
    message: changeOwner(miner, owner, owner),
    command: `npm run wallet -- confirm-owner --key FILE --miner ${miner}`,
    deadlineEpoch: null,
  };
}

/** Where the borrower only waits, and for what. */
const WAITS: Partial<Record<LoanState, string>> = {
  applied: 'Wait: the miner is being read at a finalised tipset.',
  preflight: 'Wait: our staff look at the application.',
  in_approval: 'Wait: our staff look at the application.',
  approved: 'Wait: an escrow address is being made for this loan.',
  escrow_proposed: 'Wait: we take the owner role.',
  escrow_confirmed: 'Wait: we check the miner at finality.',
  disbursing: 'Wait: the FIL is on its way into the miner.',
  settled: 'Wait: we propose you as the owner again.',
};

/** The borrower's next step in a state; null where the loan is over. */
export function nextAction(outlook: LoanOutlook): NextAction | null {
  const wait = WAITS[outlook.state];
  if (wait !== undefined) return say(wait);
  const pay = outlook.repaymentAddress ?? '';
  const { state } = outlook;
  if (state === 'escrow_offered') return propose(outlook);
  if (state === 'returning') return confirm(outlook);
  const command = `npm run wallet -- send --key FILE --to ${pay} --amount FIL`;
  if (state === 'active')
    return { ...say(`Income of the miner repays the loan; you may also pay to ${pay}.`), command };
  if (state === 'overdue')
    return { ...say(`The loan is due: pay to ${pay}, or ask to repay from the miner.`), command };
  return null;
}
