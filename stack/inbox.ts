import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { parseMail, type ParsedMail } from './mail-parse';

/**
 * A mail catcher for development: takes every mail by SMTP, keeps the newest in memory and shows them by HTTP.
 * GET /messages?to=… newest first · DELETE /messages · GET / the same as plain text.
 */
interface Message extends ParsedMail {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

const MOST_MESSAGES = 1_000;
const MOST_BYTES = 1_000_000;
const messages: Message[] = [];

function keep(raw: Buffer, recipients: readonly string[]): void {
  const mail = parseMail(raw);
  messages.unshift({ ...mail, to: recipients.join(', '), id: randomUUID(), at: new Date().toISOString() });
  messages.length = Math.min(messages.length, MOST_MESSAGES);
}

const smtp = new SMTPServer({
  disabledCommands: ['STARTTLS', 'AUTH'],
  size: MOST_BYTES,
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (stream.sizeExceeded) {
        done(new Error('message too large'));
        return;
      }
      keep(
        Buffer.concat(chunks),
        session.envelope.rcptTo.map(({ address }) => address),
      );
      done();
    });
  },
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://inbox');
  const to = url.searchParams.get('to')?.toLowerCase();
  const found = messages.filter(
    (message) => to === undefined || message.to.toLowerCase().split(', ').includes(to),
  );
  const send = (status: number, type: string, body: string): void => {
    response
      .writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' })
      .end(body);
  };
  if (url.pathname === '/messages' && request.method === 'DELETE') {
    messages.length = 0;
    response.writeHead(204).end();
  } else if (request.method !== 'GET') send(405, 'text/plain', 'GET, or DELETE /messages\n');
  else if (url.pathname === '/messages') send(200, 'application/json', JSON.stringify(found));
  else if (url.pathname === '/') {
    send(
      200,
      'text/plain',
      found.map((m) => `${m.at}  to ${m.to}\n${m.subject}\n\n${m.text}\n${'-'.repeat(60)}\n`).join('\n'),
    );
  } else send(404, 'text/plain', 'not found\n');
}

interface Listener {
  readonly listen: (port: number, host: string, ready: () => void) => unknown;
  readonly once: (event: 'error', listener: (error: Error) => void) => unknown;
}

function listen(server: Listener, port: number, host: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      'smtp-port': { type: 'string', default: '0' },
      'http-port': { type: 'string', default: '0' },
    },
  });
  const http = createServer(answer);
  await listen(http, Number(values['http-port']), values.host);
  await listen(smtp.server, Number(values['smtp-port']), values.host);
  smtp.on('error', (error) => process.stderr.write(`smtp: ${error.message}\n`));
  const port = (address: AddressInfo | string | null): number => (address as AddressInfo).port;
  const ready = {
    ready: true,
    smtp: `smtp://${values.host}:${port(smtp.server.address())}`,
    http: `http://${values.host}:${port(http.address())}`,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      http.close();
      http.closeAllConnections();
      smtp.close();
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
