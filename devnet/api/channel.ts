import { ChannelMethod } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';

const CHANNELS = ['ChainNotify', 'MpoolSub', 'SyncIncomingBlocks'] as const;

/** Methods that answer with a stream: over plain HTTP, which is all there is here, they are refused. */
export const channelMethods = (): Methods =>
  Object.fromEntries(
    CHANNELS.map((name) => [
      name,
      method('read', [], () => {
        throw new ChannelMethod(
          `method 'Filecoin.${name}' not supported in this mode (no out channel support)`,
        );
      }),
    ]),
  );
