/** /dev/mail: the inbox of the development stack, so that a newcomer can read the codes. Never in production. */
import { Router } from 'express';
import { z } from 'zod';
import { RefusalError } from '../domain/refusal';

const inbox = z.array(
  z.object({ id: z.string(), to: z.string(), subject: z.string(), text: z.string(), at: z.string() }),
);

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** `base` is the inbox's own address (stack/inbox.ts). */
export function devMail(base: string): Router {
  const read = async (to: unknown): Promise<z.output<typeof inbox>> => {
    const url = new URL('/messages', base);
    if (typeof to === 'string') url.searchParams.set('to', to);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      return inbox.parse(await answer.json());
    } catch (error) {
      throw new RefusalError('service-unavailable', `The inbox does not answer: ${String(error)}`);
    }
  };
  const router = Router();
  router.get('/dev/mail.json', async (request, response) => {
    response.set('Cache-Control', 'no-store').json(await read(request.query['to']));
  });
  router.get('/dev/mail', async (request, response) => {
    const mails = await read(request.query['to']);
    const items = mails.map(
      ({ to, subject, text, at }) =>
        `<article><h2>${escape(subject)}</h2><p>to ${escape(to)} ${escape(at)}</p><pre>${escape(text)}</pre></article>`,
    );
    const body = items.length === 0 ? '<p>No mail yet.</p>' : items.join('\n');
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title></head><body><h1>Mail (development)</h1>${body}</body></html>`,
      );
  });
  return router;
}
