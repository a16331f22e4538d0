/**
 * Every refusal that a person or a program can meet: stable code, HTTP status, and the sentence shown.
 * docs/api.md lists the same codes; a test holds the two together.
 */

interface RefusalEntry {
  readonly status: number;
  readonly title: string;
}

export const REFUSALS = {
  // the request
  'malformed-request': { status: 400, title: 'The request is not in the form this call takes.' },
  'unknown-field': { status: 400, title: 'The request has a field that this call does not know.' },
  'unknown-filter': { status: 400, title: 'The list cannot be filtered or sorted by that.' },
  'idempotency-key-missing': { status: 400, title: 'This call needs an Idempotency-Key header.' },
  'idempotency-key-reused': { status: 422, title: 'That Idempotency-Key was used with another request.' },
  'not-found': { status: 404, title: 'There is no such thing here.' },
  'not-signed-in': { status: 401, title: 'Sign in first.' },
  'not-allowed': { status: 403, title: 'Your role does not allow this.' },
  'too-many-requests': { status: 429, title: 'Too many requests; try again later.' },
  'streams-full': { status: 429, title: 'As many event streams are open as there may be.' },
  'unsupported-media-type': { status: 415, title: 'Send the body as application/json.' },
  'request-too-large': { status: 413, title: 'The request is too large.' },
  'origin-foreign': { status: 403, title: 'Requests from other sites are not taken.' },
  'internal-error': {
    status: 500,
    title: 'Something went wrong on our side; nothing was changed by halves.',
  },
  'service-unavailable': { status: 503, title: 'A part of the service does not answer just now.' },
  // sign-in
  'code-wrong': { status: 401, title: 'The code is wrong.' },
  'code-stale': { status: 401, title: 'The code is too old or was replaced by a newer one.' },
  'code-used': { status: 401, title: 'The code was used already.' },
  'credentials-wrong': { status: 401, title: 'The email or password is wrong.' },
  // API keys
  'api-key-unknown': { status: 401, title: 'There is no such API key.' },
  'api-key-expired': { status: 401, title: 'The API key has expired.' },
  'api-key-revoked': { status: 401, title: 'The API key was revoked.' },
  'scope-missing': { status: 403, title: 'The API key does not have the scope that this call takes.' },
  'api-key-not-enough': { status: 403, title: 'This takes your own sign-in; no API key may do it.' },
  'api-keys-full': { status: 409, title: 'There are as many live API keys as there may be.' },
  // amounts
  'amount-not-text': { status: 400, title: 'Amounts are decimal text in attoFIL, never numbers.' },
  'amount-not-canonical': { status: 400, title: 'The amount is not canonical decimal text in attoFIL.' },
  'amount-negative': { status: 400, title: 'The amount is negative.' },
  'amount-zero': { status: 400, title: 'The amount is zero.' },
  'amount-too-fine': { status: 400, title: 'The amount is finer than one attoFIL.' },
  'amount-above-balance': { status: 422, title: 'The amount is above the available balance.' },
  // addresses
  'address-malformed': { status: 400, title: 'That is not a Filecoin address.' },
  'address-checksum': { status: 400, title: 'The address has a wrong checksum.' },
  'address-other-network': { status: 400, title: 'The address belongs to another network.' },
  'address-not-canonical': { status: 400, title: 'The address is not in its canonical spelling.' },
  'address-own': { status: 422, title: 'That is an address of the platform itself.' },
  'address-not-payable': { status: 422, title: 'A plain payment to that address would lose the money.' },
  'address-listed': { status: 409, title: 'That address is on your list already.' },
  'address-proof-invalid': { status: 422, title: 'The signature is not one of that address for this text.' },
  // withdrawals
  'withdrawal-limit': { status: 422, title: 'The amount is above what may be withdrawn now.' },
  'withdrawal-dust': { status: 422, title: 'The amount is worth less than the gas of sending it.' },
  'withdrawal-address-cooling': { status: 409, title: 'The address may not be used yet.' },
  // our own messages
  'sender-frozen': { status: 409, title: 'The sending address is frozen until a person looks at it.' },
  'funds-short': { status: 422, title: 'The sending address does not hold enough for this and its gas.' },
  'nothing-to-send': { status: 422, title: 'The sending address holds nothing beyond the gas.' },
  'gas-above-policy': { status: 422, title: 'Gas costs more now than policy allows.' },
  'head-stalled': { status: 503, title: 'The chain stands still; nothing is signed until it moves.' },
  'chain-turned': { status: 503, title: 'The node does not show the chain that is booked.' },
  'approval-missing': { status: 403, title: 'This needs an approval that was not given.' },
  // decisions
  'maker-is-checker': { status: 403, title: 'Who asked may not approve.' },
  'already-decided': { status: 409, title: 'This was decided already.' },
  'wrong-state': { status: 409, title: 'This is not possible in the present state.' },
  'reason-required': { status: 400, title: 'A reason is required.' },
  'help-asked': { status: 409, title: 'Help was asked for already and waits for a second person.' },
  'sender-not-frozen': { status: 409, title: 'The sending address is not frozen.' },
  'finding-resolved': { status: 409, title: 'The finding was dealt with already.' },
  'finding-holds': { status: 409, title: 'What was found still holds booking up.' },
  'break-remains': { status: 422, title: 'Books and chain would still differ.' },
  'journal-invalid': { status: 422, title: 'That is no journal by which the books can be corrected.' },
  'assignment-asked': { status: 409, title: 'It was asked for already and waits for a second person.' },
  'assigned-already': { status: 409, title: 'It was given to a customer already.' },
  'remedy-asked': { status: 409, title: 'It was asked for already and waits for a second person.' },
  'payouts-frozen': { status: 409, title: 'Payouts are stopped for now; nothing leaves the platform.' },
  'lending-frozen': { status: 409, title: 'Lending is stopped for now.' },
  'customer-frozen': {
    status: 409,
    title: 'What leaves this account is stopped for now; please write to us.',
  },
  'already-frozen': { status: 409, title: 'That is frozen already.' },
  'not-frozen': { status: 409, title: 'That is not frozen any more.' },
  'lift-asked': { status: 409, title: 'Lifting it was asked for already and waits for a second person.' },
  'approval-changed': { status: 409, title: 'What was to be approved has changed since.' },
  // copies of histories
  'history-damaged': {
    status: 409,
    title: 'The stored copy of this history is not what was stored: its SHA-256 differs.',
  },
  // customers
  'customer-not-open': { status: 403, title: 'The account is not open yet.' },
  // pool
  'redemptions-waiting': {
    status: 409,
    title: 'Depositors wait for their money; the pool lends nothing meanwhile.',
  },
  'value-below-bound': { status: 422, title: 'It is worth less now than the least that you set.' },
  'pool-cash-short': { status: 422, title: 'The pool has not enough cash for this.' },
  'liquidity-reserve': {
    status: 422,
    title: 'The pool keeps this much cash idle for its depositors; lending may not touch it.',
  },
  'period-invalid': { status: 400, title: 'A statement is not told over such a period.' },
  'statement-too-long': { status: 422, title: 'The period has too many lines; choose a shorter one.' },
  'rate-invalid': { status: 422, title: 'Nobody can lend at such rates.' },
  'rate-too-late': { status: 409, title: 'Rates begin after the epoch that is in the books.' },
  'policy-invalid': { status: 422, title: 'A policy cannot hold these values.' },
  'proposal-waiting': { status: 409, title: 'A proposal for this waits for a second person already.' },
  'deposit-too-small': { status: 422, title: 'The amount is too small to buy a share of the pool.' },
  // comparison with other platforms
  'comparison-own': { status: 422, title: 'Our own row of the comparison is computed.' },
  'comparison-unsourced': { status: 422, title: 'Figures of the comparison come with their day and source.' },
  'comparison-changed': { status: 409, title: 'The row of the comparison has changed since.' },
  'comparison-unchanged': { status: 409, title: 'The row of the comparison says that already.' },
  // loans
  'miner-unknown': { status: 422, title: 'There is no miner at that address.' },
  'miner-not-id': { status: 400, title: 'A miner is named by its ID address.' },
  'miner-has-open-loan': { status: 409, title: 'That miner secures an open loan already.' },
  'owner-proof-invalid': { status: 422, title: 'The owner proof does not verify.' },
  'owner-proof-expired': { status: 422, title: 'The owner proof challenge has expired.' },
  'owner-proof-used': { status: 409, title: 'The owner proof challenge was used already.' },
  'owner-changed': { status: 422, title: 'The owner of the miner is not who it should be.' },
  'owner-kind-multisig': { status: 422, title: 'Miners owned by a multisig are not taken.' },
  'owner-kind-contract': { status: 422, title: 'Miners owned by a contract (f4) are not taken.' },
  'owner-pending-foreign': { status: 422, title: 'Another owner change is pending on the miner.' },
  'beneficiary-foreign': { status: 422, title: 'The miner pays a beneficiary that is not its owner.' },
  'beneficiary-term-pending': { status: 422, title: 'A change of beneficiary is pending on the miner.' },
  'fee-debt': { status: 422, title: 'The miner has fee debt.' },
  'term-out-of-range': { status: 422, title: 'The term is outside what the platform lends for.' },
  'terms-invalid': { status: 422, title: 'A loan cannot be lent on such terms.' },
  'extension-out-of-range': { status: 422, title: 'The new maturity is not one the loan can be given.' },
  'extension-pending': { status: 409, title: 'An extension of this loan waits for a decision already.' },
  'disbursement-pending': { status: 409, title: 'A disbursement of this loan is under way already.' },
  'nothing-to-disburse': { status: 409, title: 'All disbursements of this loan were made.' },
  'collateral-threatened': {
    status: 409,
    title: 'The collateral is threatened; nothing more is lent until somebody has taken note of it.',
  },
  'nothing-to-repay': { status: 409, title: 'The loan has no debt.' },
} as const satisfies Record<string, RefusalEntry>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal as a value: its code, and the detail that the person concerned can act on. */
export interface Refusal {
  readonly refusal: RefusalCode;
  readonly detail: string;
}

/** Makes a refusal; the detail names the figures or the field, never a secret. */
export function refuse(code: RefusalCode, detail: string = REFUSALS[code].title): Refusal {
  return { refusal: code, detail };
}

/** Tells a refusal from a result. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

/** A refusal on its way to the caller as an error: thrown in transactions so that they roll back. */
export class RefusalError extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, detail: string = REFUSALS[code].title) {
    super(detail);
    this.name = 'RefusalError';
    this.code = code;
  }
}
