/** One reading for everybody: what many ask for at once is made once, and again only when something has changed. */
import { createHash } from 'node:crypto';
import type { Written } from './route';

export interface FreshOptions<T> {
  /** What the value depends on; cheap. */
  readonly key: () => Promise<string>;
  readonly make: () => Promise<T>;
  /** Milliseconds within which not even the key is looked at. */
  readonly everyMs?: number;
  /** Milliseconds of any clock that only goes forward. */
  readonly now?: () => number;
}

/**
 * Gives the value, at most `everyMs` old. Whoever asks while it is being made waits for the same making; one that fails
 * fails for those who waited, and the next asks anew.
 */
export function makeFresh<T>({
  key,
  make,
  everyMs = 1_000,
  now = () => performance.now(),
}: FreshOptions<T>): () => Promise<T> {
  let kept: { readonly key: string; readonly value: T; readonly at: number } | null = null;
  let making: Promise<T> | null = null;
  const look = async (): Promise<T> => {
    const at = now();
    // Read before the value: what changes between the two is seen at the next look.
    const current = await key();
    const value = kept?.key === current ? kept.value : await make();
    kept = { key: current, value, at };
    return value;
  };
  return () => {
    if (making !== null) return making;
    if (kept !== null && now() - kept.at < everyMs) return Promise.resolve(kept.value);
    const made = look();
    making = made;
    const done = (): void => void (making = null);
    made.then(done, done);
    return made;
  };
}

/** A body as it is sent, written once, with the tag by which a cache asks whether it still holds. */
export function writtenOf<T>(body: T): Written<T> {
  const text = Buffer.from(JSON.stringify(body));
  return { body, text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 24)}"` };
}

/** At most `most` values by name; the one asked for longest ago goes. */
export function makeShelf<T>(most: number, make: (name: string) => T): (name: string) => T {
  const shelf = new Map<string, T>();
  return (name) => {
    const value = shelf.get(name) ?? make(name);
    shelf.delete(name);
    shelf.set(name, value);
    const [oldest] = shelf.keys();
    if (shelf.size > most && oldest !== undefined) shelf.delete(oldest);
    return value;
  };
}
