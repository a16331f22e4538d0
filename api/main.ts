/** The API as a process: reads its configuration, listens, says so, and goes quietly at SIGTERM. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../config';
import { makeDeps } from '../deps';
import { makeApp } from './app';
import type { Lifetime } from './health';

const DRAIN_MS = 20_000;

function main(): void {
  const config = readConfig('api');
  const { knex, client, log, close } = makeDeps(config);
  const { publicUrl, development, adminUiDir, devMailUrl, trustProxy, customerDataKey } = config;
  const lifetime: Lifetime = { stopping: false };
  const settings = {
    publicUrl,
    development,
    adminUiDir,
    devMailUrl,
    trustProxy,
    customerDataKey,
    checkAnswers: false,
  };
  const server = createServer(makeApp({ knex, client, log, settings }, lifetime));
  server.listen(config.port, config.host, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: true, url: `http://${config.host}:${port}` })}\n`);
  });
  server.once('error', (error) => {
    log.fatal({ err: error }, 'the API cannot listen');
    process.exitCode = 1;
    void close();
  });

  const stop = (): void => {
    if (lifetime.stopping) return;
    // Readiness first, so that nobody sends more; then what is under way ends.
    lifetime.stopping = true;
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(force);
      void close();
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main();
