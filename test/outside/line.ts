/** A TCP line to a part of the outside, which a test cuts and mends; the part itself stays as it is. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Line {
  readonly port: number;
  /** Ends what is under way and turns every caller away from now on. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** Callers turned away so far. */
  readonly turnedAway: () => number;
  /** Pieces of requests that went through so far. */
  readonly asked: () => number;
  readonly close: () => Promise<void>;
}

/** Opens a line to a port on 127.0.0.1. Call `close` in afterAll. */
export async function openLine(target: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let turnedAway = 0;
  let asked = 0;
  const hold = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    // What broke on one side is broken on both; the caller sees a reset.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((caller) => {
    if (isCut) {
      turnedAway += 1;
      caller.destroy();
      return;
    }
    const part = connect(target, '127.0.0.1');
    hold(caller, part);
    hold(part, caller);
    caller.on('data', () => (asked += 1));
    caller.pipe(part).pipe(caller);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut,
    mend: () => {
      isCut = false;
    },
    turnedAway: () => turnedAway,
    asked: () => asked,
    close: () =>
      new Promise((done) => {
        cut();
        server.close(() => done());
      }),
  };
}
