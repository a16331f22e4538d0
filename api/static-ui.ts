/** The built admin UI: assets are immutable, the page itself is asked for each time. */
import { resolve } from 'node:path';
import express, { Router } from 'express';
import { RefusalError } from '../domain/refusal';

/** Serves a folder made by Vite; paths of the single-page application answer its index.html. */
export function staticUi(folder: string): Router {
  const root = resolve(folder);
  const router = Router();
  router.use('/assets', express.static(`${root}/assets`, { immutable: true, maxAge: '1y', index: false }));
  router.use('/assets', () => {
    throw new RefusalError('not-found');
  });
  router.use(express.static(root, { index: false, cacheControl: false }));
  router.get('/{*path}', (request, response, next) => {
    if (!request.accepts('html')) {
      next();
      return;
    }
    response.set('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root }, (error?: Error) => {
      // Not built: say so as a problem, not as a stack.
      if (error) next(new RefusalError('not-found', 'The admin UI is not built here.'));
    });
  });
  return router;
}
