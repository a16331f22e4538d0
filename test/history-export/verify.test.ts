/** bin/verify-history, as an auditor runs it: what is as stored replays; what was changed is found, and how. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chainAfter, keepCopy, openCopy, sha256Of } from '../../db/history-export';
import { makeWorld, type World } from './world';

jest.setTimeout(300_000);

const ROOT = join(__dirname, '..', '..');
let world: World;
beforeAll(async () => {
  world = await makeWorld();
  const stop = await world.copyWith();
  await world.closeRuns('accrual/1', 'accrual/2');
  await world.runExport('export/1');
  await world.listed(3);
  await world.runExport('export/2');
  await stop();
});
afterAll(() => world.close());

interface Said {
  readonly code: number;
  readonly text: string;
}

function verify(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  const program = ['--import', 'tsx', join(ROOT, 'bin', 'verify-history.ts'), ...args];
  const options = {
    cwd: ROOT,
    timeout: 120_000,
    env: { ...process.env, DATABASE_URL: world.books.database.appUrl, ...env },
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, program, options, (error, stdout, stderr) => {
      const code: unknown = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, text: stdout + stderr });
      else reject(error ?? new Error('no exit code'));
    });
  });
}

/** What only the owner of the database could do, and only by taking the guard away first. */
async function forge(workflowId: string, change: object): Promise<void> {
  const { owner } = world.books;
  await owner.raw('ALTER TABLE archive.history DISABLE TRIGGER append_only');
  await owner('archive.history').where({ workflow_id: workflowId }).update(change);
  await owner.raw('ALTER TABLE archive.history ENABLE TRIGGER append_only');
}

test('one stored run, and all of them, are as stored and replay on the code of today', async () => {
  const one = await verify(['accrual/1']);
  expect(one.text).toMatch(
    /^ok {7}accrual\/1 \(run [0-9a-f-]{36}\), \d+ events, sha256 [0-9a-f]{64}: as stored/,
  );
  expect(one.code).toBe(0);
  const all = await verify(['--all']);
  expect(all.text).toMatch(/3 seen, 0 changed, 0 not replayable/);
  const [, link = ''] = /last link, 3: ([0-9a-f]{64})/.exec(all.text) ?? [];
  expect(all.code).toBe(0);
  expect((await verify(['--all', '--chain', link])).code).toBe(0);
  const other = await verify(['--all', '--chain', 'f'.repeat(64)]);
  expect([other.code, other.text]).toEqual([2, expect.stringContaining('no longer holds the link')]);
});

test('a download is verified without any database, against its hash', async () => {
  const copy = await openCopy(world.books.app, 'accrual/1', undefined);
  const file = join(mkdtempSync(join(tmpdir(), 'loanstone-verify-')), 'accrual.json');
  writeFileSync(file, copy?.json ?? '');
  const env = { DATABASE_URL: '' };
  const sound = await verify(['--file', file, '--id', 'accrual/1', '--sha256', copy?.sha256 ?? ''], env);
  expect([sound.code, sound.text]).toEqual([0, expect.stringContaining('replays')]);
  writeFileSync(file, `${copy?.json ?? ''} `);
  const changed = await verify(['--file', file, '--id', 'accrual/1', '--sha256', copy?.sha256 ?? ''], env);
  expect([changed.code, changed.text]).toEqual([2, expect.stringContaining("the file's SHA-256 is")]);
});

test('what is not there, or asked for wrongly, is no verification', async () => {
  const none = await verify(['accrual/none']);
  expect([none.code, none.text]).toEqual([1, expect.stringContaining('no copy of accrual/none is stored')]);
  expect((await verify([])).code).toBe(1);
  expect((await verify(['accrual/1', '--all'])).code).toBe(1);
});

test('a history that does not replay is told apart from one that was changed', async () => {
  const copy = await openCopy(world.books.app, 'accrual/1', undefined);
  if (!copy?.json) throw new Error('there is no copy');
  const json = copy.json.replaceAll('"accruePools"', '"somethingElse"');
  const runId = '00000000-0000-4000-8000-000000000001';
  await keepCopy(world.books.app, { ...copy, workflowId: 'accrual/odd', runId, json });
  const odd = await verify(['accrual/odd', runId]);
  expect([odd.code, odd.text]).toEqual([
    3,
    expect.stringMatching(/NO FIT {3}accrual\/odd .*[Nn]ondeterminism/s),
  ]);
});

test('a changed copy is found by its SHA-256; a forger who mends that too is found by the chain', async () => {
  const before = await world.books.app('archive.history').where({ workflow_id: 'accrual/2' }).first<{
    content: Buffer;
  }>();
  const text = gunzipSync(before.content).toString('utf8');
  const forged = text.replace('"attempt": 1', '"attempt": 2');
  expect(forged).not.toBe(text);
  await forge('accrual/2', { content: gzipSync(forged) });
  const found = await verify(['accrual/2']);
  expect([found.code, found.text]).toEqual([2, expect.stringContaining('do not give the SHA-256')]);

  await forge('accrual/2', { sha256: sha256Of(forged) });
  expect((await verify(['accrual/2'])).code).toBe(0);
  const all = await verify(['--all']);
  expect([all.code, all.text]).toEqual([
    2,
    expect.stringMatching(/accrual\/2 .*does not follow from the one before/),
  ]);
  expect(chainAfter('', { workflowId: 'a', runId: 'b', sha256: 'c' })).toBe(sha256Of('|a|b|c'));
});
