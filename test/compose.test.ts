import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { configVariables } from '../config';
import type { Part } from '../config-variables';

const ROOT = join(__dirname, '..');
const OURS = /^loanstone(-admin-ui)?:\d+\.\d+\.\d+$/;

/** The keys of the Compose Specification that we use, with their shapes there; any other key is refused. */
const strings = z.array(z.string());
const count = z.number().int().positive();
const duration = z.string().regex(/^\d+(ms|s|m)$/);
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), target: z.string() }).optional(),
  command: strings.optional(),
  entrypoint: strings.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(:ro)?$/)).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string() })).optional(),
  secrets: strings.optional(),
  healthcheck: z
    .strictObject({ test: strings, interval: duration, timeout: duration, retries: count })
    .optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  restart: z
    .string()
    .regex(/^(no|always|unless-stopped|on-failure(:\d+)?)$/)
    .optional(),
  init: z.boolean().optional(),
  working_dir: z.string().optional(),
  security_opt: strings.optional(),
  cap_drop: strings.optional(),
});
const composeFile = z.strictObject({
  name: z.string(),
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), service),
  volumes: z.record(z.string(), z.null()),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
  secrets: z.record(z.string(), z.strictObject({ environment: z.string() })),
});
/** Extension keys hold what the file repeats; the specification ignores them. */
const yaml = z.record(z.string(), z.unknown());
const withoutExtensions = (file: unknown): unknown =>
  Object.fromEntries(Object.entries(yaml.parse(file)).filter(([key]) => !key.startsWith('x-')));

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const compose = composeFile.parse(withoutExtensions(parse(text, { merge: true })));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => OURS.test(image));

/** What is set in the environment of the containers, and by `.env` in the file itself. */
const interpolated = new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name ?? ''));
for (const { environment } of Object.values(compose.secrets)) interpolated.add(environment);

function packageScripts(folder: string): Record<string, string> {
  const file = z.object({ scripts: z.record(z.string(), z.string()) });
  return file.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).scripts;
}

test('every part of the design has its service', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining([
      'postgres',
      'temporal',
      'temporal-ui',
      'devnet',
      'inbox',
      'migrate',
      'signer',
      'worker',
      'api',
      'admin-ui',
    ]),
  );
});

test.each(services)('%s: the image is pinned by a full version', (_name, { image }) => {
  expect(image).toMatch(/^[a-z0-9/_-]+:\d+\.\d+(\.\d+)?(@sha256:[0-9a-f]{64})?$/);
});

test.each(services)(
  '%s: the services it waits for are there, and can be healthy',
  (_name, { depends_on = {} }) => {
    for (const [dependency, { condition }] of Object.entries(depends_on)) {
      expect(compose.services).toHaveProperty(dependency);
      if (condition === 'service_healthy') expect(compose.services[dependency]?.healthcheck).toBeDefined();
    }
  },
);

test.each(services)('%s: what is mounted is there', (_name, { configs = [], secrets = [], volumes = [] }) => {
  for (const { source } of configs) expect(compose.configs).toHaveProperty(source);
  for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
  for (const volume of volumes) {
    const source = volume.split(':')[0] ?? '';
    if (source.startsWith('./')) expect(existsSync(join(ROOT, source))).toBe(true);
    else expect(compose.volumes).toHaveProperty(source);
  }
});

test.each(ours)('%s: its command is an existing npm script', (_name, { command, working_dir }) => {
  const [npm, run, silent, script] = command ?? [];
  expect([npm, run, silent]).toEqual(['npm', 'run', '--silent']);
  const folder = working_dir === undefined ? ROOT : join(ROOT, working_dir.replace(/^\/app\//, ''));
  expect(Object.keys(packageScripts(folder))).toContain(script);
});

const PARTS: Record<string, Part> = { migrate: 'migrate', signer: 'signer', worker: 'worker', api: 'api' };

test.each(Object.entries(PARTS))(
  '%s: sets only variables that this part reads, and all that it needs',
  (name, part) => {
    const environment = compose.services[name]?.environment ?? {};
    const known = configVariables.filter(({ parts }) => parts.includes(part));
    expect(known.map((variable) => variable.name)).toEqual(expect.arrayContaining(Object.keys(environment)));
    const missing = known.filter((variable) => variable.needed && !(variable.name in environment));
    expect(missing).toEqual([]);
  },
);

test('our containers without a part of config.ts read no environment at all', () => {
  const others = ours.filter(([name]) => !(name in PARTS));
  expect(others.map(([name]) => name).sort()).toEqual(['admin-ui', 'devnet', 'inbox']);
  for (const [, { environment }] of others) expect(environment).toBeUndefined();
});

test('the keystore and its passphrase are mounted into the signer only', () => {
  const holders = services
    .filter(
      ([, entry]) =>
        entry.secrets?.includes('keystore-passphrase') === true ||
        entry.volumes?.some((volume) => volume.startsWith('keystore:')) === true,
    )
    .map(([name]) => name);
  expect(holders).toEqual(['signer']);
});

test('deploy/make-env.js draws every secret that the file asks for, with tokens its devnet accepts', () => {
  const lines = execFileSync(process.execPath, [join(ROOT, 'deploy', 'make-env.js')], {
    encoding: 'utf8',
  }).trim();
  const env = new Map(
    lines.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect([...env.keys()].sort()).toEqual([...interpolated].sort());
  for (const name of ['LOTUS_WRITE_TOKEN', 'LOTUS_READ_TOKEN']) {
    const [header, payload, signature] = (env.get(name) ?? '').split('.');
    const secret = Buffer.from(env.get('DEVNET_SECRET') ?? '', 'hex');
    expect(signature).toBe(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url'));
  }
});
