/** So many at a time: what a crowd asks for at once waits in line here, where waiting costs nothing. */
import { RefusalError } from '../domain/refusal';

export interface GateOptions {
  /** Under way at a time. */
  readonly places: number;
  /** Milliseconds that anybody waits for a place. */
  readonly patienceMs: number;
}

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A gate in the order of arrival. Without one, a server that is asked for more than it can answer by the deadline of
 * each call answers none of them.
 * @throws RefusalError service-unavailable where no place came free in time; the work was not begun then
 */
export function makeGate({ places, patienceMs }: GateOptions): Gate {
  const line: (() => void)[] = [];
  let free = places;
  const enter = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.splice(line.indexOf(admit), 1);
        reject(new RefusalError('service-unavailable', 'Too much is asked for at once. Ask again later.'));
      }, patienceMs);
      const admit = (): void => {
        clearTimeout(timer);
        resolve();
      };
      line.push(admit);
    });
  return async (work) => {
    if (free > 0) free -= 1;
    else await enter();
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
