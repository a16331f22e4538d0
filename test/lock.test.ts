import { readFileSync } from 'node:fs';

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Optional packages that `npm ci` would miss: npm leaves out what the registry did not serve that day. */
function missing(lockFile: string): string[] {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(packages).flatMap(([place, locked]) =>
    Object.keys(locked.optionalDependencies ?? {})
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`])
      .map((name) => `${place} wants ${name}`),
  );
}

test.each(['package-lock.json', 'admin-ui/package-lock.json'])(
  '%s names every package of every platform, so that npm ci works on all of them',
  (lockFile) => expect(missing(lockFile)).toEqual([]),
);
