/** A mail server that can be away. */
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  /** Recipients of the mails that were taken, in order. */
  readonly mails: readonly string[];
  readonly up: () => Promise<void>;
  readonly down: () => Promise<void>;
}

function server(mails: string[]): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      stream.resume();
      stream.on('end', () => {
        mails.push(...session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
}

/** A mailbox on the port; nobody listens before `up`. */
export function makeMailbox(port: number): Mailbox {
  const mails: string[] = [];
  let running: SMTPServer | null = null;
  return {
    mails,
    up: async () => {
      const started = server(mails);
      await new Promise<void>((ready) => started.listen(port, '127.0.0.1', () => ready()));
      running = started;
    },
    down: async () => {
      const stopping = running;
      running = null;
      if (stopping !== null) await new Promise<void>((done) => stopping.close(() => done()));
    },
  };
}
