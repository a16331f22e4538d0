/** Sectors as a count: faulty ones give no power, as the power actor of a real network takes it away. */
import { fil, funded, type Person } from './actors';
import { dataFolder, startDevnet, type Devnet } from './harness';

let devnet: Devnet;
let owner: Person & { id: string };
let miner = '';
const data = dataFolder();

beforeAll(async () => {
  devnet = await startDevnet({ data });
  owner = await funded(devnet);
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  const { id } = owner;
  miner = await devnet.control('CreateMiner', {
    Owner: id,
    Worker: id,
    Available: fil(1),
    Power: '2048000',
    Sectors: 1000,
  });
});

const claim = (power: string) => ({ RawBytePower: power, QualityAdjPower: power });
const read = async () => ({
  count: await devnet.call('StateMinerSectorCount', miner, []),
  faults: await devnet.call('StateMinerFaults', miner, []),
  power: (await devnet.call<{ MinerPower: unknown }>('StateMinerPower', miner, [])).MinerPower,
});
const whole = { count: { Live: 1000, Active: 1000, Faulty: 0 }, faults: [0], power: claim('2048000') };

test('faults are counted, shown as a run of bits from the first sector on, and take their power', async () => {
  expect(await read()).toEqual(whole);
  await devnet.control('Faults', miner, '250');
  expect(await read()).toEqual({
    count: { Live: 1000, Active: 750, Faulty: 250 },
    faults: [0, 250],
    power: claim('1536000'),
  });
  await devnet.control('Faults', miner, '0');
  expect(await read()).toEqual(whole);
});

test('power comes and goes; a miner has no more faults than sectors', async () => {
  await devnet.control('Power', miner, '4096');
  expect((await read()).power).toEqual(claim('4096'));
  await expect(devnet.control('Faults', miner, '1001')).rejects.toThrow(
    `${miner} has 1000 sectors, not 1001`,
  );
  await expect(devnet.control('Power', miner, '-1')).rejects.toThrow('negative');
  expect((await read()).power).toEqual(claim('4096'));
});

test('both survive kill -9', async () => {
  await devnet.control('Faults', miner, '10');
  await devnet.control('Power', miner, '4096000');
  const before = await read();
  await devnet.stop('SIGKILL');
  devnet = await startDevnet({ data });
  expect(await read()).toEqual(before);
});
