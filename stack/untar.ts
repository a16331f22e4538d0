import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const BLOCK = 512;
const FILE = '0';
const SYMLINK = '2';

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** Where an entry goes; one that would leave the folder is no archive of ours. */
function within(folder: string, name: string): string {
  const path = normalize(join(folder, name));
  if (path !== normalize(folder) && !path.startsWith(normalize(folder + sep))) {
    throw new Error(`the archive names ${name}, outside its folder`);
  }
  return path;
}

/** Writes the files and links of a tar archive (ustar; long names and device files are not needed) into a folder. */
export function untar(archive: Buffer, folder: string): void {
  mkdirSync(folder, { recursive: true });
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK);
    const name = text(header, 0, 100);
    if (name === '') return;
    const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    const kind = text(header, 156, 1) || FILE;
    const path = within(folder, prefix === '' ? name : `${prefix}/${name}`);
    const start = at + BLOCK;
    if (kind === FILE) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, archive.subarray(start, start + size));
      chmodSync(path, Number.parseInt(text(header, 100, 8).trim(), 8) & 0o777);
    } else if (kind === SYMLINK) {
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(text(header, 157, 100), path);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}
