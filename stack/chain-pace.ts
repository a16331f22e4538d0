import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { callJsonRpc } from './json-rpc';

const LOOK_MS = 3_000;

const versionSchema = z.object({ BlockDelay: z.number() });
const headSchema = z.object({ Height: z.number() });

async function ask<T>(schema: z.ZodType<T>, rpc: string, token: string, method: string): Promise<T> {
  const call = { rpc: rpc.replace(/^ws/, 'http'), token, method: `Filecoin.${method}`, params: [] };
  return schema.parse(await callJsonRpc(call));
}

/**
 * How long one wait for an epoch may be on a node we were given, in seconds: its epoch length, but a second where the
 * head moves faster than that says (a private network that is sped up).
 */
export async function paceOf(rpc: string, token: string): Promise<number> {
  const { BlockDelay: epochSeconds } = await ask(versionSchema, rpc, token, 'Version');
  const before = await ask(headSchema, rpc, token, 'ChainHead');
  await delay(LOOK_MS);
  const after = await ask(headSchema, rpc, token, 'ChainHead');
  return after.Height - before.Height > 1 + LOOK_MS / 1000 / epochSeconds ? 1 : Math.max(1, epochSeconds);
}
