import type { Address } from './address';
import type { Signature } from './message';
import { addressOfPrivateKey, randomKey, sign, type KeyType } from './signature';
import type { Store } from './store';

export interface Key {
  readonly type: KeyType;
  readonly secret: Uint8Array;
  readonly address: Address;
}

/** The keys that the node holds, as `lotus wallet` does. */
export interface Wallet {
  readonly create: (type: KeyType) => Key;
  readonly add: (type: KeyType, secret: Uint8Array) => Key;
  readonly remove: (address: Address) => void;
  readonly find: (address: Address) => Key | undefined;
  readonly list: () => readonly Address[];
  readonly getDefault: () => Address | null;
  readonly setDefault: (address: Address) => void;
  readonly sign: (key: Key, bytes: Uint8Array) => Signature;
}

interface Held {
  readonly default: string | null;
  readonly keys: readonly { readonly type: KeyType; readonly secret: string }[];
}

const FILE = 'wallet.json';

export function openWallet(store: Store): Wallet {
  const keys = new Map<Address, Key>();
  const held = store.read(FILE) as Held | null;
  const keyOf = (type: KeyType, secret: Uint8Array): Key => ({
    type,
    secret,
    address: addressOfPrivateKey(type, secret),
  });
  for (const one of held?.keys ?? []) {
    const key = keyOf(one.type, Buffer.from(one.secret, 'hex'));
    keys.set(key.address, key);
  }
  let chosen: Address | null = [...keys.keys()].find((address) => address === held?.default) ?? null;

  function save(): void {
    const list = [...keys.values()].map((k) => ({
      type: k.type,
      secret: Buffer.from(k.secret).toString('hex'),
    }));
    store.write(FILE, { default: chosen, keys: list } satisfies Held);
  }
  function add(type: KeyType, secret: Uint8Array): Key {
    const key = keyOf(type, secret);
    keys.set(key.address, key);
    chosen ??= key.address;
    save();
    return key;
  }
  return {
    create: (type) => add(type, randomKey(type)),
    add,
    remove: (address) => {
      keys.delete(address);
      if (chosen === address) chosen = null;
      save();
    },
    find: (address) => keys.get(address),
    list: () => [...keys.keys()],
    getDefault: () => chosen,
    setDefault: (address) => {
      chosen = address;
      save();
    },
    sign: (key, bytes) => sign(key.type, key.secret, bytes),
  };
}
