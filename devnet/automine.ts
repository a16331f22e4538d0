import type { Node } from './node';

/** Makes tipsets by itself; the interval can be changed while it runs. */
export interface AutoMiner {
  /** Milliseconds between tipsets; 0 stops. */
  readonly every: (ms: number) => void;
  readonly stop: () => void;
}

const MIX = 2654435761;

/** Whether a height is left without a block: always the same ones, so that runs can be repeated. */
export const isNullRound = (height: number, nullEvery: number): boolean =>
  nullEvery > 0 && height > 1 && (Math.imul(height, MIX) >>> 0) % nullEvery === 0;

/**
 * Mines on a timer. When an epoch lasts as long on the wall as on the chain, heights follow the wall clock, so a node
 * that was down leaves null rounds behind, as a real network would.
 */
export function makeAutoMiner(node: Node, now: () => number): AutoMiner {
  const { nullEvery, epochSeconds } = node.options;
  let timer: NodeJS.Timeout | null = null;
  let skipped = 0;

  const wallHeight = (): number => Math.floor((now() / 1000 - node.chain.clock.genesisTime) / epochSeconds);

  function tick(realTime: boolean): void {
    const head = node.chain.head().height;
    const height = realTime ? Math.max(head + 1, wallHeight()) : head + 1 + skipped;
    if (realTime && wallHeight() <= head) return;
    if (isNullRound(height, nullEvery)) {
      skipped += 1;
      return;
    }
    skipped = 0;
    node.mine(height - head - 1);
  }

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function every(ms: number): void {
    stop();
    if (ms <= 0) return;
    const realTime = ms === epochSeconds * 1000;
    const sinceGenesis = (): number => now() - node.chain.clock.genesisTime * 1000;
    const wait = (): number => (realTime ? ms - (((sinceGenesis() % ms) + ms) % ms) : ms);
    const again = (): void => {
      timer = setTimeout(() => {
        tick(realTime);
        again();
      }, wait());
    };
    again();
  }
  return { every, stop };
}
