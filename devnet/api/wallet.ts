import { protocolOf, type Address } from '../address';
import { cidToBytes } from '../cid';
import {
  messageCid,
  signatureJson,
  signedJson,
  signedMessage,
  type Message,
  type SignedMessage,
} from '../message';
import type { Node } from '../node';
import { address, bytes, field, kindOf, text, type Decoder } from '../rpc/decode';
import { message, signature } from '../rpc/decode-message';
import { RpcFailure, WrongKind } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { parseAddress, AddressError } from '../address';
import { whyInvalid, type KeyType } from '../signature';
import type { Key } from '../wallet';
import { given } from './execute';
import { keyAt } from './key-address';

interface KeyInfo {
  readonly type: string;
  readonly secret: Uint8Array;
}

const keyInfo: Decoder<KeyInfo | null> = {
  go: '**types.KeyInfo',
  read: (value) => {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new WrongKind(kindOf(value), 'types.KeyInfo');
    return {
      type: field(value, 'KeyInfo', 'Type', text, ''),
      secret: field(value, 'KeyInfo', 'PrivateKey', bytes, new Uint8Array()),
    };
  },
};

function keyType(given: string, refusal: string): KeyType {
  if (given === 'secp256k1' || given === 'bls') return given;
  throw new RpcFailure(refusal);
}

/** A key of the store, which names what it could not open. */
function mustStored(node: Node, who: Address): Key {
  const key = node.wallet.find(who);
  if (key === undefined) throw new RpcFailure(`opening key 'wallet-${who}': key info not found`);
  return key;
}

/** The key behind an address at the head, ID addresses resolved. */
function keyAddress(node: Node, who: Address): Address {
  if (protocolOf(who) === 1 || protocolOf(who) === 3) return who;
  try {
    return keyAt(node, node.chain.head(), who);
  } catch (error) {
    if (error instanceof RpcFailure) throw new RpcFailure(`failed to resolve ID address: ${who}`);
    throw error;
  }
}

function mustKey(node: Node, who: Address, wrap = ''): Key {
  const key = node.wallet.find(who);
  if (key === undefined) throw new RpcFailure(`${wrap}key not found for ${who}`);
  return key;
}

/** Signs a message with a key of the node's wallet; throws RpcFailure when it has none. */
export function signBy(node: Node, who: Address, m: Message): SignedMessage {
  const key = mustKey(node, who, 'failed to sign message: ');
  return signedMessage(m, node.wallet.sign(key, cidToBytes(messageCid(m))));
}

export function walletMethods(node: Node): Methods {
  const { wallet } = node;
  return {
    WalletNew: method(
      'write',
      [text],
      (type) => wallet.create(keyType(type, `unknown sig type: ${type}`)).address,
    ),
    WalletList: method('write', [], () => [...wallet.list()].sort()),
    WalletHas: method('write', [address], (who) => wallet.find(who) !== undefined),
    WalletDefaultAddress: method('write', [], () => {
      const chosen = wallet.getDefault();
      if (chosen === null)
        throw new RpcFailure("failed to get default key: opening key 'default': key info not found");
      return chosen;
    }),
    WalletSetDefault: method('write', [address], (who) => wallet.setDefault(mustStored(node, who).address)),
    WalletSign: method('sign', [address, bytes], (who, data) =>
      signatureJson(wallet.sign(mustKey(node, keyAddress(node, who)), data)),
    ),
    WalletSignMessage: method('sign', [address, message], (who, m) =>
      signedJson(signBy(node, keyAddress(node, who), given(m))),
    ),
    WalletVerify: method(
      'read',
      [address, bytes, signature],
      (who, data, given_) => given_ !== null && whyInvalid(given_, who, data) === null,
    ),
    WalletImport: method('admin', [keyInfo], (info) => {
      if (info === null) throw new Error('runtime error: invalid memory address or nil pointer dereference');
      const refusal = 'failed to make key: cannot generate public key of unsupported type';
      return wallet.add(keyType(info.type, refusal), info.secret).address;
    }),
    WalletExport: method('admin', [address], (who) => {
      const key = mustKey(node, who);
      return { Type: key.type, PrivateKey: Buffer.from(key.secret).toString('base64') };
    }),
    // What is not there is deleted already.
    WalletDelete: method('admin', [address], (who) => wallet.remove(who)),
    WalletValidateAddress: method('read', [text], (given_) => {
      try {
        return parseAddress(given_);
      } catch (error) {
        if (error instanceof AddressError) throw new RpcFailure(error.message);
        throw error;
      }
    }),
  };
}
