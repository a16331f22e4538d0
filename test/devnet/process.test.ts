import { rmSync } from 'node:fs';
import { deliver, fil, FIL, funded, outcome, person, push, type Lookup, type TipsetJson } from './actors';
import { dataFolder, Refused, startDevnet, type Devnet } from './harness';

const WAIT_MS = 30_000;

/** Asks again until the answer will do; the bound is on how long, not on when. */
async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const head = (devnet: Devnet): Promise<TipsetJson> => devnet.call<TipsetJson>('ChainHead');

describe('a killed node', () => {
  const data = dataFolder();
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  test('comes back with chain, state, mempool, keys, tokens and base fee', async () => {
    let devnet = await startDevnet({ data });
    const who = await funded(devnet, fil(10));
    const miner = await devnet.control<string>('CreateMiner', {
      Owner: who.id,
      Worker: who.id,
      Available: fil(3),
    });
    await devnet.control('Reward', miner, fil(4));
    await deliver(devnet, who, { to: miner, value: FIL });
    await devnet.control('Mine', 2);
    await devnet.control('Reorg', 1);
    await devnet.control('BaseFee', '900');
    await devnet.control('NullRounds', 2);
    const waiting = await push(devnet, who, { to: miner, value: 2n });
    const key = await devnet.call<string>('WalletNew', 'bls');
    const reads: readonly (readonly [string, ...unknown[]])[] = [
      ['ChainHead'],
      ['MpoolPending', []],
      ['MpoolGetNonce', who.address],
      ['WalletBalance', who.address],
      ['StateReadState', miner, []],
      ['StateMinerInfo', miner, []],
      ['ChainGetTipSetByHeight', 3, []],
      ['ChainGetGenesis'],
      ['WalletList'],
    ];
    const look = (): Promise<unknown[]> =>
      Promise.all(reads.map(([method, ...params]) => devnet.call(method, ...params)));
    const before = await look();
    const { tokens } = devnet;
    await devnet.stop('SIGKILL');

    devnet = await startDevnet({ data });
    expect(devnet.tokens).toEqual(tokens);
    expect(await look()).toEqual(before);
    expect(before.at(-1)).toContain(key);
    await devnet.control('Mine', 2);
    expect((await outcome(devnet, waiting)).exit).toBe(0);
    expect(await devnet.stop('SIGTERM')).toBe(0);
  });
});

describe('a node without control token', () => {
  test('mines by itself, leaves null rounds, has its genesis accounts, and takes no control calls', async () => {
    const who = person();
    const worker = person('bls');
    const devnet = await startDevnet({
      controlled: false,
      args: [
        ...['--epoch-ms', '10', '--epoch-seconds', '1', '--finality', '10', '--null-every', '4'],
        ...['--fund', `${who.address}:${fil(50)}`, '--miner', `${who.address},${worker.address},${fil(7)}`],
      ],
    });
    try {
      expect(await devnet.call('WalletBalance', who.address)).toBe(fil(50));
      expect(await devnet.call('StateListMiners', [])).toEqual(['f01000', 'f01001']);
      expect(await devnet.call('StateMinerAvailableBalance', 'f01001', [])).toBe(fil(7));
      expect(await devnet.call('Version')).toMatchObject({ BlockDelay: 1 });
      const sent = await push(devnet, who, { to: 'f01001', value: FIL });
      const found = await until(
        () => devnet.call<Lookup | null>('StateSearchMsg', [], { '/': sent.cid }, -1, true),
        (lookup) => lookup !== null,
      );
      expect(found?.Receipt.ExitCode).toBe(0);
      await until(
        () => head(devnet),
        (t) => t.Height >= 60,
      );
      const missing: number[] = [];
      for (let height = 1; height < 60; height++) {
        const t = await devnet.call<TipsetJson>('ChainGetTipSetByHeight', height, []);
        if (t.Height !== height) missing.push(height);
      }
      expect(missing.length).toBeGreaterThan(3);
      expect(missing.length).toBeLessThan(30);
      const final = await devnet.call<TipsetJson>('ChainGetFinalizedTipSet');
      expect(final.Height).toBeGreaterThan(0);
      await expect(devnet.control('Mine', 1)).rejects.toThrow();
    } finally {
      await devnet.stop();
    }
  });
});

describe('real time', () => {
  test('a chain that was down goes on at the height of the clock', async () => {
    const genesis = Math.floor(Date.now() / 1000) - 100;
    const args = ['--epoch-ms', '1000', '--epoch-seconds', '1', '--genesis-time', String(genesis)];
    const devnet = await startDevnet({ args });
    try {
      const first = await until(
        () => head(devnet),
        (t) => t.Height > 0,
      );
      expect(first.Height).toBeGreaterThanOrEqual(100);
      expect(first.Blocks[0]?.Timestamp).toBe(genesis + first.Height);
      expect((await devnet.call<TipsetJson>('ChainGetTipSetByHeight', 50, [])).Height).toBe(0);
    } finally {
      await devnet.stop();
    }
  });
});

describe('another network', () => {
  test('prints its own prefix, takes both', async () => {
    const devnet = await startDevnet({ args: ['--network', 't', '--genesis-time', '1598306400'] });
    try {
      expect(await devnet.call('StateNetworkName')).toBe('calibrationnet');
      const address = await devnet.call<string>('WalletNew', 'secp256k1');
      expect(address).toMatch(/^t1/);
      await devnet.control('Fund', `f${address.slice(1)}`, fil(2));
      expect(await devnet.call('WalletBalance', `f${address.slice(1)}`)).toBe(fil(2));
      expect(await devnet.call('StateLookupID', address, [])).toMatch(/^t0/);
      expect((await devnet.call<TipsetJson>('ChainGetGenesis')).Blocks[0]?.Timestamp).toBe(1598306400);
    } finally {
      await devnet.stop();
    }
  });
});

describe('the control namespace', () => {
  let devnet: Devnet;
  beforeAll(async () => {
    devnet = await startDevnet();
  });
  afterAll(() => devnet.stop());

  test('AutoMine starts and stops', async () => {
    const { Height: before } = await head(devnet);
    await devnet.control('AutoMine', 5);
    await until(
      () => head(devnet),
      (t) => t.Height > before + 3,
    );
    await devnet.control('AutoMine', 0);
    const stopped = await head(devnet);
    for (let i = 0; i < 30; i++) expect((await head(devnet)).Cids).toEqual(stopped.Cids);
  });

  test('Fund is a real send', async () => {
    const { address } = person();
    const executing = await devnet.control<TipsetJson>('Fund', address, fil(1));
    expect(await devnet.call('WalletBalance', address)).toBe(fil(1));
    const messages = await devnet.call<{ Message: { From: string; To: string; Value: string } }[]>(
      'ChainGetParentMessages',
      executing.Cids[0],
    );
    expect(messages.map((m) => m.Message)).toEqual([expect.objectContaining({ To: address, Value: fil(1) })]);
  });

  test('CreateMiner makes the miner and the accounts it needs', async () => {
    const [owner, worker] = [person(), person('bls')];
    const miner = await devnet.control<string>('CreateMiner', {
      Owner: owner.address,
      Worker: worker.address,
      Available: fil(11),
      Pledge: fil(5),
      Locked: fil(2),
      Power: '1099511627776',
    });
    const ids = [
      await devnet.call('StateLookupID', owner.address, []),
      await devnet.call('StateLookupID', worker.address, []),
    ];
    expect(await devnet.call('StateMinerInfo', miner, [])).toMatchObject({
      Owner: ids[0],
      Worker: ids[1],
      Beneficiary: ids[0],
    });
    expect(await devnet.call('StateMinerAvailableBalance', miner, [])).toBe(fil(11));
    expect(await devnet.call('StateReadState', miner, [])).toMatchObject({
      Balance: fil(18),
      State: { LockedFunds: fil(2), InitialPledge: fil(5), FeeDebt: '0' },
    });
    expect(await devnet.call('StateMinerPower', miner, [])).toMatchObject({
      MinerPower: { RawBytePower: '1099511627776' },
    });
  });

  test('a reward that cannot be paid leaves no trace', async () => {
    const before = await head(devnet);
    await expect(devnet.control('Reward', 'f0100', fil(1))).rejects.toThrow(/is not a miner/);
    expect((await head(devnet)).Cids).toEqual(before.Cids);
  });

  test('Fail: an error, an HTTP 500, a time-out after the push was taken', async () => {
    await devnet.control('Fail', { method: 'ChainHead', times: 2, how: 'error' });
    for (let i = 0; i < 2; i++) await expect(devnet.call('ChainHead')).rejects.toBeInstanceOf(Refused);
    await devnet.call('ChainHead');
    await devnet.control('Fail', { method: 'Filecoin.ChainHead', times: 1, how: 'http-500' });
    const body = JSON.stringify({ id: 1, method: 'Filecoin.ChainHead', params: [] });
    expect((await devnet.post(body)).status).toBe(500);
    expect((await devnet.post(body)).status).toBe(200);

    const who = await funded(devnet, fil(1));
    await devnet.control('Fail', { method: 'MpoolPush', times: 1, how: 'timeout-after-accept' });
    const unanswered = push(devnet, who, { to: 'f0100' }).catch(() => 'gone');
    await until(
      () => devnet.call<unknown[]>('MpoolPending', []),
      (all) => all.length === 1,
    );
    await devnet.control('Mine', 2);
    expect(await devnet.call('MpoolGetNonce', who.address)).toBe(1);
    void unanswered;
  });

  test('Stall answers nothing until it is taken back', async () => {
    await devnet.control('Stall', true);
    const stalled = fetch(devnet.url, {
      method: 'POST',
      body: JSON.stringify({ id: 1, method: 'Filecoin.ChainHead', params: [] }),
      signal: AbortSignal.timeout(300),
    });
    await expect(stalled).rejects.toThrow();
    await devnet.control('Stall', false);
    expect((await head(devnet)).Height).toBeGreaterThan(0);
  });
});
