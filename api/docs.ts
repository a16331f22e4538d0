/** /openapi.json, /docs (Swagger UI from our own disk) and a page for each problem code. No outside network. */
import { dirname } from 'node:path';
import { Router } from 'express';
import { REFUSALS } from '../domain/refusal';
import { openApiOf } from './openapi';
import type { Route } from './route';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Loanstone API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"><link rel="icon" href="/docs/assets/favicon-32x32.png"></head>
<body><div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true,
  validatorUrl: null, tryItOutEnabled: false, docExpansion: 'none', filter: true });
`;

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

function problemPage(code: string, title: string, status: number): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${code}</title></head>
<body><h1>${code}</h1><p>HTTP ${status}. ${title}</p><p><a href="/docs">The API</a></p></body></html>
`;
}

export function docsPages(routes: readonly Route[]): Router {
  const router = Router();
  const document = JSON.stringify(openApiOf(routes));
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  router.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  router.get('/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });
  for (const asset of ASSETS) {
    router.get(`/docs/assets/${asset}`, (_request, response) => {
      response.sendFile(asset, { root: folder, maxAge: '1d' });
    });
  }
  router.get('/problems/:code', (request, response, next) => {
    const entry = Object.entries(REFUSALS).find(([code]) => code === request.params.code);
    if (entry) response.type('html').send(problemPage(entry[0], entry[1].title, entry[1].status));
    else next();
  });
  return router;
}
