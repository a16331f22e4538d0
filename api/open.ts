/** What holds for every open call, /public/v1: pages of any site may read the answers, and nobody asks without end. */
import { isIPv6 } from 'node:net';
import type { RequestHandler } from 'express';
import { LimitError } from './problem';

/** Of one address, a minute. */
export const OPEN_CALLS = 6_000;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 50_000;

/** The network that one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0');
  return [...(left ?? []), ...zeros, ...(right ?? [])].slice(0, 4).join(':');
}

/**
 * Counts tries in fixed windows in this process's memory: an open call must not cost a write. Beyond `most` addresses
 * in a window the further ones share one count.
 * @returns null while within the limit, else the seconds until the window ends
 */
export function makeLimiter(
  { tries, windowMs = WINDOW_MS, most = MOST_ADDRESSES }: { tries: number; windowMs?: number; most?: number },
  now: () => number = () => performance.now(),
): (who: string) => number | null {
  let window = { began: now(), counts: new Map<string, number>() };
  return (who) => {
    if (now() - window.began >= windowMs) window = { began: now(), counts: new Map() };
    const { began, counts } = window;
    const name = counts.has(who) || counts.size < most ? who : '';
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= tries ? null : Math.max(1, Math.ceil((began + windowMs - now()) / 1000));
  };
}

/** Any site's page may read open figures: there is no sign-in that could be abused. Beyond the limit: 429. */
export function openToAll(tries: number = OPEN_CALLS): RequestHandler {
  const limiter = makeLimiter({ tries });
  return (request, response, next) => {
    response.set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'ETag, Retry-After, X-Request-Id',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (request.method === 'OPTIONS') {
      response.set({
        'Access-Control-Allow-Methods': 'GET, HEAD',
        'Access-Control-Allow-Headers': 'If-None-Match',
        'Access-Control-Max-Age': '86400',
      });
      response.status(204).end();
      return;
    }
    const wait = limiter(networkOf(request.ip ?? ''));
    if (wait !== null) throw new LimitError(wait);
    next();
  };
}
