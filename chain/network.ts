import type { Lotus } from './lotus';

/** What configuration says about the network; undefined = whatever the node says. */
export interface ExpectedNetwork {
  readonly network: 'f' | 't' | undefined;
  readonly epochSeconds: number | undefined;
  readonly genesisTime: number | undefined;
}

/** Refuses a node of another network than configured: money must not move on the wrong chain. */
export async function checkNetwork(lotus: Lotus, expected: ExpectedNetwork): Promise<void> {
  const found = await lotus.network();
  const { network, epochSeconds, genesisTime } = expected;
  const faults: string[] = [];
  if (network !== undefined && network !== found.prefix) faults.push(`addresses begin with ${found.prefix}`);
  if (epochSeconds !== undefined && epochSeconds !== found.epochSeconds)
    faults.push(`epochs of ${found.epochSeconds} s`);
  if (genesisTime !== undefined && genesisTime !== found.genesisTime)
    faults.push(`genesis at ${found.genesisTime}`);
  if (faults.length > 0) throw new Error(`the node is of another network: ${faults.join(', ')}`);
}
