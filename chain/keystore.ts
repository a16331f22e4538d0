/**
 * The seed of all the platform's keys, encrypted on disk. Only workers/signer.ts may import this file.
 * Keys are derived when they sign and never leave it; extended public keys and addresses do.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { HDKey } from '@scure/bip32';
import { entropyToMnemonic, mnemonicToSeed } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english';
import { z } from 'zod';
import type { Address, AddressPrefix } from '../domain/address';
import { accountPath, addressPath, type KeyKind, watchedAddress } from './derivation';
import { type Message, type SignedMessage, signMessage } from './message';

/** What is stored with the file in the clear; all of it is authenticated. */
const header = z.strictObject({
  format: z.literal('loanstone-keystore'),
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z.number().int(),
    r: z.literal(8),
    p: z.literal(1),
    salt: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: z.string().regex(/^[0-9a-f]{24}$/) }),
});
const file = z.strictObject({
  header,
  ciphertext: z.string().regex(/^[0-9a-f]{64}$/),
  tag: z.string().regex(/^[0-9a-f]{32}$/),
});
type Header = z.infer<typeof header>;

/** OWASP's and ASVS 5's least cost for scrypt with r 8, p 1. */
const SCRYPT_N = 2 ** 17;
const SCRYPT_N_MAX = 2 ** 20;
const ENTROPY_BYTES = 32;

export interface KeystoreOptions {
  readonly path: string;
  readonly passphrase: string;
  /** Tests only: a cheaper scrypt, a power of two; files made so are refused without it. */
  readonly testScryptN?: number;
}

/** An opened keystore; has no way to give a private key away. */
export interface Keystore {
  /** Of the file; in the log it says which keystore signed. */
  readonly id: string;
  readonly accountXpub: (kind: KeyKind) => string;
  readonly address: (kind: KeyKind, index: number, prefix: AddressPrefix) => Address;
  /** Signs with the key at the path; throws where that key is not the sender's. */
  readonly sign: (message: Message, kind: KeyKind, index: number) => SignedMessage;
}

/** Makes a new seed and its file (mode 0600, written whole or not at all); refuses to replace an existing file. */
export async function createKeystore(options: KeystoreOptions): Promise<void> {
  if (options.passphrase.length < 12)
    throw new Error('the passphrase of a keystore has at least 12 characters');
  const head: Header = {
    format: 'loanstone-keystore',
    version: 1,
    id: randomBytes(16).toString('hex'),
    kdf: {
      name: 'scrypt',
      n: options.testScryptN ?? SCRYPT_N,
      r: 8,
      p: 1,
      salt: randomBytes(32).toString('hex'),
    },
    cipher: { name: 'aes-256-gcm', nonce: randomBytes(12).toString('hex') },
  };
  const key = await deriveKey(head, options.passphrase);
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.from(head.cipher.nonce, 'hex'));
  cipher.setAAD(associatedData(head));
  const ciphertext = Buffer.concat([cipher.update(randomBytes(ENTROPY_BYTES)), cipher.final()]);
  const content = {
    header: head,
    ciphertext: ciphertext.toString('hex'),
    tag: cipher.getAuthTag().toString('hex'),
  };
  writeOnce(options.path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Opens the file; throws where it is missing, open to others, changed, or the passphrase is wrong. */
export async function openKeystore(options: KeystoreOptions): Promise<Keystore> {
  const { mode } = statSync(options.path);
  if ((mode & 0o077) !== 0) throw new Error(`${options.path} is open to other accounts: chmod 600 it`);
  const parsed = file.safeParse(JSON.parse(readFileSync(options.path, 'utf8')));
  if (!parsed.success) throw new Error(`${options.path} is no keystore of a version that this program knows`);
  const { header: head, ciphertext, tag } = parsed.data;
  const least = options.testScryptN ?? SCRYPT_N;
  if (head.kdf.n < least || head.kdf.n > SCRYPT_N_MAX)
    throw new Error(`${options.path} has a scrypt cost out of range`);
  const key = await deriveKey(head, options.passphrase);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(head.cipher.nonce, 'hex'));
  decipher.setAAD(associatedData(head));
  decipher.setAuthTag(Buffer.from(tag, 'hex'));
  const entropy = Buffer.concat([
    decipher.update(Buffer.from(ciphertext, 'hex')),
    finish(decipher, options.path),
  ]);
  const root = HDKey.fromMasterSeed(await mnemonicToSeed(entropyToMnemonic(entropy, wordlist)));
  return keystoreOf(head.id, root);
}

function keystoreOf(id: string, root: HDKey): Keystore {
  const xpub = (kind: KeyKind): string => root.derive(accountPath(kind)).publicExtendedKey;
  return {
    id,
    accountXpub: xpub,
    address: (kind, index, prefix) => watchedAddress(xpub(kind), index, prefix),
    sign: (message, kind, index) => {
      const { privateKey } = root.derive(addressPath(kind, index));
      if (privateKey === null) throw new Error('the seed has no private keys');
      return signMessage(message, privateKey);
    },
  };
}

function deriveKey(head: Header, passphrase: string): Promise<Buffer> {
  const { n, r, p, salt } = head.kdf;
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  return derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'hex'), 32, {
    N: n,
    r,
    p,
    maxmem: 256 * n * r,
  });
}

/** Fixed order of fields, so that the same header is the same bytes however the file was laid out. */
function associatedData(head: Header): Buffer {
  const { kdf, cipher } = head;
  const fields = [
    head.format,
    head.version,
    head.id,
    kdf.name,
    kdf.n,
    kdf.r,
    kdf.p,
    kdf.salt,
    cipher.name,
    cipher.nonce,
  ];
  return Buffer.from(JSON.stringify(fields));
}

function finish(decipher: ReturnType<typeof createDecipheriv>, path: string): Buffer {
  try {
    return decipher.final();
  } catch (error) {
    throw new Error(`${path}: wrong passphrase, or the file was changed`, { cause: error });
  }
}

/** Written beside, flushed, then linked: a crash leaves no half file and an existing one is never replaced. */
function writeOnce(path: string, content: string): void {
  const partial = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(partial, 'wx', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
    linkSync(partial, path);
  } finally {
    closeSync(descriptor);
    unlinkSync(partial);
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
