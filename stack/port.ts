import { createServer, type AddressInfo, type Server } from 'node:net';

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

export interface Reservation {
  readonly port: number;
  /** Frees the port for the part it was reserved for, to be called right before that starts; safe to repeat. */
  readonly release: () => Promise<void>;
}

/**
 * Takes a port on 127.0.0.1, the preferred one or else any, and holds it until released: what is started side by side,
 * by us or by others, then gets another one.
 */
export async function reservePort(preferred: number): Promise<Reservation> {
  const server = (await listen(preferred)) ?? (await listen(0));
  if (server === undefined) throw new Error('no free port on 127.0.0.1');
  server.unref();
  const { port } = server.address() as AddressInfo;
  let released: Promise<void> | undefined;
  return {
    port,
    release: () => {
      released ??= close(server);
      return released;
    },
  };
}

/** A port on 127.0.0.1 that nobody listens on now: the preferred one, else any. */
export async function freePort(preferred = 0): Promise<number> {
  const { port, release } = await reservePort(preferred);
  await release();
  return port;
}
