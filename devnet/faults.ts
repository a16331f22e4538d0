import { HttpFault } from './rpc/envelope';
import { RpcFailure } from './rpc/failure';

export const HOW = ['error', 'timeout-after-accept', 'http-500'] as const;
export type How = (typeof HOW)[number];

/** Faults that the control namespace plants in front of the methods. */
export interface Faults {
  readonly plant: (method: string, times: number, how: How) => void;
  readonly stall: (on: boolean) => void;
  readonly intercept: (method: string, call: () => unknown) => unknown;
}

const never = (): Promise<never> => new Promise(() => undefined);
const shortName = (method: string): string => method.replace(/^Filecoin\./, '');

export function makeFaults(): Faults {
  const planted = new Map<string, { times: number; how: How }>();
  let stalled = false;

  function next(method: string): How | null {
    const fault = planted.get(shortName(method));
    if (fault === undefined || fault.times <= 0) return null;
    fault.times -= 1;
    return fault.how;
  }
  return {
    plant: (method, times, how) => {
      planted.set(shortName(method), { times, how });
    },
    stall: (on) => {
      stalled = on;
    },
    intercept: (method, call) => {
      if (method.startsWith('Devnet.')) return call();
      // A stalled node answers nothing: the caller's own time-out ends it.
      if (stalled) return never();
      const how = next(method);
      if (how === null) return call();
      if (how === 'error') throw new RpcFailure(`devnet: planted error in ${shortName(method)}`);
      if (how === 'http-500') throw new HttpFault(500, 'Internal Server Error');
      return Promise.resolve(call()).then(never);
    },
  };
}
