/** One call of a node as it is: before anything of ours runs, and for the devnet's control. The product's is chain/rpc.ts. */

export interface JsonRpcCall {
  readonly rpc: string;
  readonly token: string;
  readonly method: string;
  readonly params: readonly unknown[];
}

const TIMEOUT_MS = 120_000;

/** Gives the result. @throws Error with the node's own text and code */
export async function callJsonRpc({ rpc, token, method, params }: JsonRpcCall): Promise<unknown> {
  const response = await fetch(rpc, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  if (answer.error) throw new Error(`${method}: ${answer.error.message} (${answer.error.code})`);
  return answer.result;
}
