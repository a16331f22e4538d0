/** Who owns a miner, as a node's own answers show it: keys are taken, f1 and f3; multisigs and f4 owners are not. */
import { makeLotus, type Lotus } from '../../chain/lotus';
import { readMiner } from '../../chain/miner';
import { addressFrom } from '../../domain/address';
import { preflight } from '../../domain/preflight';
import { fil, funded, multisigOf, type Person } from '../devnet/actors';
import { startDevnet, type Devnet } from '../devnet/harness';

const ETHEREUM = 'f410feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqq';

let devnet: Devnet;
let lotus: Lotus;
let ann: Person & { id: string };

beforeAll(async () => {
  devnet = await startDevnet();
  lotus = makeLotus({ url: devnet.url, token: devnet.tokens.read });
  ann = await funded(devnet);
});
afterAll(() => devnet.stop());

/** The pre-flight's answer to an application for a miner of that owner, proved by its key where it has one. */
async function judged(owner: string) {
  const id = await devnet.call<string>('StateLookupID', owner, []);
  const miner = addressFrom(await devnet.control<string>('CreateMiner', { Owner: id, Available: fil(1) }));
  await devnet.control('Mine', 1);
  const { key, height } = await lotus.chainHead();
  const facts = await readMiner(lotus, miner, { key, height });
  const { passed, code } = preflight(facts, {
    stage: 'application',
    ownerBefore: null,
    escrow: null,
    proofVerifies: true,
    proofAddress: addressFrom(owner),
    proofExpiryEpoch: height + 1,
    otherLoan: null,
  });
  return { passed, code, kind: facts.ownerKind };
}

test.each(['secp256k1', 'bls'] as const)('a %s key owns', async (type) => {
  const { address } = await funded(devnet, fil(1), type);
  expect(await judged(address)).toEqual({ passed: true, code: null, kind: 'account' });
});

test('a multisig owns', async () => {
  const seen = await judged(await multisigOf(devnet, ann, [ann.address], 1));
  expect(seen).toEqual({ passed: false, code: 'owner-kind-multisig', kind: 'multisig' });
});

test('an f4 address owns', async () => {
  await devnet.control('Fund', ETHEREUM, fil(1));
  const seen = await judged(ETHEREUM);
  expect(seen).toEqual({ passed: false, code: 'owner-kind-contract', kind: 'contract' });
});
