/** Users' addresses carry the network's prefix and one spelling; each other text is refused by its own code. */
import fc from 'fast-check';
import {
  addressBytes,
  addressFrom,
  type AddressPrefix,
  idOf,
  parseAddress,
  printAddress,
  protocolOf,
  sameAddress,
} from '../../domain/address';
import { base32Decode, base32Encode } from '../../domain/base32';
import { epochAt, timeOf } from '../../domain/epoch';
import { isRefusal } from '../../domain/refusal';

/** From the Filecoin specification and go-address, one of each kind. */
const GOOD: readonly (readonly [string, number])[] = [
  ['f00', 0],
  ['f01234', 0],
  ['f09223372036854775807', 0],
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i', 1],
  ['f17uoq6tp427uzv7fztkbsnn64iwotfrristwpryy', 1],
  ['f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i', 2],
  ['f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a', 3],
  ['f410feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqq', 4],
];

test.each(GOOD)('%s is read, and printed the same', (text, protocol) => {
  const address = parseAddress(text, 'f');
  expect(address).toBe(text);
  expect(protocolOf(addressFrom(text))).toBe(protocol);
  expect(printAddress(addressBytes(addressFrom(text)), 'f')).toBe(text);
  const test = `t${text.slice(1)}`;
  expect(parseAddress(test, 't')).toBe(test);
  expect(sameAddress(addressFrom(test), addressFrom(text))).toBe(true);
});

const code = (text: unknown, prefix: AddressPrefix = 'f'): string => {
  const parsed = parseAddress(text, prefix);
  return isRefusal(parsed) ? parsed.refusal : 'none';
};

test.each([
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3a', 'address-checksum'],
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr4i', 'address-checksum'],
  ['f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6q', 'address-checksum'],
  ['f410feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqa', 'address-checksum'],
  ['t1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i', 'address-other-network'],
  ['t01234', 'address-other-network'],
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3j', 'address-not-canonical'],
  ['f0001234', 'address-not-canonical'],
  ['F1ZX43CF6QB6RD5E4OKL7LEXNJUMXE5TOQJ6VTR3I', 'address-not-canonical'],
  ['f4010feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqq', 'address-not-canonical'],
  [' f01234', 'address-malformed'],
  ['f01234 ', 'address-malformed'],
  ['f0', 'address-malformed'],
  ['f0-1', 'address-malformed'],
  ['f09223372036854775808', 'address-malformed'],
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3', 'address-malformed'],
  ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3ii', 'address-malformed'],
  ['f5zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i', 'address-malformed'],
  ['0x52963ef50e27e06d72d59fcb4f3c2a687be3cfef', 'address-malformed'],
  ['f410', 'address-malformed'],
  ['', 'address-malformed'],
  [1234, 'address-malformed'],
  [null, 'address-malformed'],
])('%p is refused: %s', (text, expected) => expect(code(text)).toBe(expected));

test('a changed letter never passes as another address', () => {
  const text = 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i';
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz234567');
  for (let at = 2; at < text.length; at++) {
    for (const letter of letters) {
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      expect(code(changed)).toMatch(changed === text ? /^none$/ : /checksum|not-canonical/);
    }
  }
});

test('ID addresses of any size come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (id) => {
      expect(idOf(addressFrom(`f0${id}`))).toBe(id);
      expect(printAddress(addressBytes(addressFrom(`f0${id}`)), 't')).toBe(`t0${id}`);
    }),
  );
});

test('base32 of any bytes comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => expect(base32Decode(base32Encode(bytes))).toEqual(bytes)),
  );
  expect(base32Decode('a')).toBeNull();
  expect(base32Decode('a1')).toBeNull();
});

test('epochs of the main network', () => {
  const mainnet = { genesisTime: 1598306400, epochSeconds: 30 };
  expect(epochAt(Date.UTC(2021, 7, 11, 14) / 1000, mainnet)).toBe(1_012_800);
  expect(timeOf(1_012_800, mainnet)).toBe(Date.UTC(2021, 7, 11, 14) / 1000);
  expect(epochAt(1598306399, mainnet)).toBe(-1);
});
