import { addressFromBytes, type Address } from '../../devnet/address';
import { signedJson, type SignedMessage } from '../../devnet/message';
import { fil, funded, signedBy, type Draft, type Person } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let sender: Who;
let to = '';
const pending = async (): Promise<string[]> =>
  (await devnet.call<{ CID: { '/': string } }[]>('MpoolPending', [])).map((m) => m.CID['/']);
const refused = async (signed: SignedMessage): Promise<string> => {
  const { code, message } = await devnet.error('MpoolPush', signedJson(signed));
  expect(code).toBe(1);
  return message;
};
/** An f4 address of a namespace below 128. */
const delegatedOf = (namespace: bigint, payload: Uint8Array): Address =>
  addressFromBytes(Uint8Array.of(4, Number(namespace), ...payload));
const make = (draft: Partial<Draft>, nonce: number): SignedMessage =>
  signedBy(sender, { to, value: 1n, ...draft }, nonce);

beforeAll(async () => {
  devnet = await startDevnet();
  to = (await funded(devnet)).address;
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  sender = await funded(devnet, fil(100));
});
afterEach(async () => {
  await devnet.control('DropMempool');
});

describe('what the API looks at before the message pool does', () => {
  test('MpoolPushMessage with a key that the node does not hold, a sender without actor, a nonce', async () => {
    const m = { From: sender.address, To: to };
    const said = async (message: object): Promise<string> =>
      (await devnet.error('MpoolPushMessage', message, null)).message;
    expect(await said(m)).toBe(
      `failed to sign message: key not found for ${sender.address}, addr=${sender.address}`,
    );
    // The sender is resolved before the nonce is looked at.
    expect(await said({ ...m, From: 'f0999999', Nonce: 3 })).toBe(
      'getting key address: failed to find actor: f0999999',
    );
    expect(await said({ ...m, Nonce: 3 })).toBe('MpoolPushMessage expects message nonce to be 0, was 3');
  });

  test('money for an f4 address that nobody can have is refused by the API', async () => {
    const masked = delegatedOf(10n, Uint8Array.of(0xff, ...new Uint8Array(19)));
    const signed = signedBy(sender, { to: masked, value: 1n }, 0);
    const why = `message recipient ${masked} is a delegated address but not a valid Eth Address`;
    expect(await refused(signed)).toBe(
      `message ${signed.cid} from ${sender.address} with nonce 0 failed sanity check: ${why}`,
    );
    const fine = delegatedOf(10n, new Uint8Array(20).fill(7));
    await devnet.call('MpoolPush', signedJson(signedBy(sender, { to: fine, value: 1n }, 0)));
  });

  test('a batch stops at the first refusal; an empty one answers null', async () => {
    const good = make({}, 0);
    const bad = make({ gasFeeCap: 99n, gasPremium: 1n }, 1);
    const batch = [good, bad, make({}, 2)].map(signedJson);
    expect(await devnet.error('MpoolBatchPush', batch)).toEqual({ code: 1, message: 'gas fee cap too low' });
    expect(await pending()).toEqual([good.cid]);
    expect(await devnet.call('MpoolBatchPush', [])).toBeNull();
  });
});
