import type { Node } from '../node';
import { text, listOf, bool } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import type { Tokens } from '../rpc/token';
import { link } from '../message';

const API_VERSION = 131_840;

/** Version, AuthNew and what little a client asks of the network side. */
export function nodeMethods(node: Node, tokens: Tokens, started: Date): Methods {
  return {
    Version: method('read', [], () => ({
      Version: `v1.36.2-dev+${node.options.networkName}`,
      APIVersion: API_VERSION,
      BlockDelay: node.options.epochSeconds,
      Agent: 'lotus',
    })),
    StartTime: method('read', [], () => started.toISOString()),
    Session: method('read', [], () => '00000000-0000-4000-8000-000000000000'),
    ID: method('read', [], () => '12D3KooWDevnetDevnetDevnetDevnetDevnetDevnetDevnet1'),
    NetPeers: method('read', [], () => []),
    NetAddrsListen: method('read', [], () => ({
      Addrs: [],
      ID: '12D3KooWDevnetDevnetDevnetDevnetDevnetDevnetDevnet1',
    })),
    NodeStatus: method('read', [bool], () => ({
      SyncStatus: { Epoch: node.chain.head().height, Behind: 0 },
      PeerStatus: { PeersToPublishMsgs: 0, PeersToPublishBlocks: 0 },
      ChainStatus: { BlocksPerTipsetLast100: 1, BlocksPerTipsetLastFinality: 1 },
    })),
    SyncState: method('read', [], () => {
      const head = node.chain.head();
      const target = { Cids: [link(head.cid)], Blocks: [], Height: head.height };
      return {
        ActiveSyncs: [
          {
            WorkerID: 0,
            Base: null,
            Target: target,
            Stage: 4,
            Height: head.height,
            Start: started,
            End: started,
            Message: '',
          },
        ],
        VMApplied: 0,
      };
    }),
    AuthNew: method('admin', [listOf(text, '[]auth.Permission')], (asked) =>
      Buffer.from(tokens.issue(asked)).toString('base64'),
    ),
    AuthVerify: method('read', [text], (token) => {
      const verdict = tokens.verify(token);
      if (!verdict.ok) throw new RpcFailure(`JWT Verification failed: ${verdict.why}`);
      return verdict.allow;
    }),
  };
}
