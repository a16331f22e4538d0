import type { Journal, Posting } from '../../domain/posting';
import type { RefusalCode } from '../../domain/refusal';

export type Outcome = RefusalCode | 'posted' | 'replayed';

/** Posted and held, on the normal side; what is held counts only where it lowers the account. */
interface Account {
  posted: bigint;
  held: bigint;
  version: number;
}

const contentOf = (journal: Journal): string =>
  JSON.stringify(journal, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** Raises (1) or lowers (−1) its account; the model's debit-normal accounts are the custody ones. */
const sign = ({ account, side }: Posting): bigint =>
  account.code.startsWith('custody.') === (side === 'debit') ? 1n : -1n;

/** What a ledger is, without a database. */
export class Model {
  readonly accounts = new Map<string, Account>();
  private readonly keys = new Map<string, string>();
  private readonly holds = new Map<string, readonly Posting[] | 'ended'>();

  /** What must come of the journal; changes nothing where it is refused. */
  write(journal: Journal): Outcome {
    const known = this.keys.get(journal.key);
    if (known !== undefined) return known === contentOf(journal) ? 'replayed' : 'idempotency-key-reused';
    const hold = journal.pendingKey === undefined ? [] : (this.holds.get(journal.pendingKey) ?? []);
    if (hold === 'ended') return 'wrong-state';
    const lines = journal.postings.length === 0 ? hold : journal.postings;
    const next = this.apply(journal, lines, hold);
    if ([...next.values()].some(({ posted, held }) => posted < held)) return 'amount-above-balance';
    for (const [name, account] of next) this.accounts.set(name, account);
    this.keys.set(journal.key, contentOf(journal));
    if (journal.phase === 'pending') this.holds.set(journal.key, lines);
    if (journal.pendingKey !== undefined) this.holds.set(journal.pendingKey, 'ended');
    return 'posted';
  }

  private apply(
    { phase }: Journal,
    lines: readonly Posting[],
    hold: readonly Posting[],
  ): Map<string, Account> {
    const next = new Map([...this.accounts].map(([name, account]) => [name, { ...account }]));
    const at = ({ account }: Posting): Account => {
      const name = `${account.code} ${account.owner}`;
      const found = next.get(name) ?? { posted: 0n, held: 0n, version: 0 };
      next.set(name, found);
      return found;
    };
    for (const line of lines) {
      at(line).version += 1;
      if (phase === 'pending' && sign(line) < 0n) at(line).held += line.amount;
      if (phase === 'posted' || phase === 'post_pending') at(line).posted += sign(line) * line.amount;
    }
    for (const line of hold) if (sign(line) < 0n) at(line).held -= line.amount;
    return next;
  }
}
