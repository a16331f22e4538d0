/** A TCP way to a server that a test can close: what was under way when it is cut is lost, as when a machine dies. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Link {
  /** `127.0.0.1:<port>`; leads to the server for as long as it is open. */
  readonly address: string;
  /** From now on nothing comes through, in either direction; what is sent meanwhile waits. */
  readonly hold: () => void;
  /** Drops all connections with what waited, and lets new ones through. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

/** Opens a way to `host:port`. */
export async function openLink(target: string): Promise<Link> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let held = false;
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (data) => {
      if (!to.destroyed) to.write(data);
    });
    from.on('error', () => from.destroy());
    from.once('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (held) from.pause();
  };
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const cut = (): void => {
    held = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => {
      held = true;
      for (const socket of sockets) socket.pause();
    },
    cut,
    close: async () => {
      cut();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
