import { request } from 'node:http';
import { person } from './actors';
import { startDevnet, type Devnet } from './harness';

let devnet: Devnet;
const UNKNOWN = person().address;
const ok = (method: string, params: unknown[] = []): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: `Filecoin.${method}`, params });

beforeAll(async () => {
  devnet = await startDevnet();
});
afterAll(() => devnet.stop());

/** The body, what the answer's status must be, and what its text must be or match. */
type Row = readonly [string, string, number, string | RegExp];

const error = (code: number, message: string, id: unknown = 1): string =>
  `${JSON.stringify({ error: { code, message }, id, jsonrpc: '2.0' })}\n`;

const rows: readonly Row[] = [
  ['success', ok('ChainGetGenesis'), 200, /^\{"id":1,"jsonrpc":"2.0","result":\{"Cids".*\}\n$/],
  ['application error', ok('StateLookupID', [UNKNOWN, []]), 200, error(11, 'actor not found')],
  ['unknown method', ok('Nope'), 500, error(-32601, "method 'Filecoin.Nope' not found")],
  [
    'removed method',
    ok('StateGetReceipt', [null, []]),
    500,
    error(-32601, "method 'Filecoin.StateGetReceipt' not found"),
  ],
  [
    'control off the list',
    JSON.stringify({ id: 1, method: 'Devnet.Nope' }),
    500,
    error(-32601, "method 'Devnet.Nope' not found"),
  ],
  [
    'too few params',
    ok('WalletBalance'),
    500,
    error(-32602, "wrong param count (method 'Filecoin.WalletBalance'): 0 != 1"),
  ],
  [
    'params absent',
    '{"id":1,"method":"Filecoin.WalletBalance"}',
    500,
    error(-32602, "wrong param count (method 'Filecoin.WalletBalance'): 0 != 1"),
  ],
  [
    'params null',
    '{"id":1,"method":"Filecoin.WalletBalance","params":null}',
    500,
    error(-32602, "wrong param count (method 'Filecoin.WalletBalance'): 0 != 1"),
  ],
  [
    'too many params',
    ok('ChainHead', [1]),
    500,
    error(-32602, "wrong param count (method 'Filecoin.ChainHead'): 1 != 0"),
  ],
  [
    'bad checksum',
    ok('WalletBalance', ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr4i']),
    500,
    error(
      -32700,
      "unmarshaling params for 'Filecoin.WalletBalance' (param: *address.Address): invalid address checksum",
    ),
  ],
  [
    'non-canonical',
    ok('WalletBalance', ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3j']),
    500,
    error(
      -32700,
      "unmarshaling params for 'Filecoin.WalletBalance' (param: *address.Address): invalid encoding",
    ),
  ],
  [
    'short address',
    ok('WalletBalance', ['f0']),
    500,
    error(
      -32700,
      "unmarshaling params for 'Filecoin.WalletBalance' (param: *address.Address): invalid address length",
    ),
  ],
  [
    'number for an address',
    ok('WalletBalance', [5]),
    500,
    error(
      -32700,
      "unmarshaling params for 'Filecoin.WalletBalance' (param: *address.Address): json: cannot unmarshal number into Go value of type string",
    ),
  ],
  ['plain string CID', ok('ChainGetMessage', ['bafy']), 500, /-32700.*\(param: \*cid\.Cid\): invalid cid: /],
  ['bad CID', ok('ChainGetMessage', [{ '/': 'bafy' }]), 500, /-32700.*\(param: \*cid\.Cid\): invalid cid: /],
  [
    'params an object',
    '{"id":1,"method":"Filecoin.ChainHead","params":{}}',
    500,
    error(
      -32700,
      'unmarshaling param array: json: cannot unmarshal object into Go value of type []jsonrpc.param',
    ),
  ],
  ['bad JSON', '{"id":', 500, error(-32700, 'Parse error', null)],
  [
    'object id',
    '{"id":{},"method":"Filecoin.ChainHead"}',
    500,
    error(-32700, 'failed to parse ID: invalid id type: map[string]interface {}', null),
  ],
  ['empty body', '', 400, error(-32600, 'Invalid request', null)],
  ['blank body', '  \n', 400, error(-32600, 'Invalid request', null)],
  ['empty batch', '[]', 400, error(-32600, 'Invalid request', null)],
  [
    'no jsonrpc',
    '{"id":"a","method":"Filecoin.StateNetworkName","params":[]}',
    200,
    '{"id":"a","jsonrpc":"2.0","result":"mainnet"}\n',
  ],
  [
    'float id',
    '{"id":1.5,"method":"Filecoin.StateNetworkName"}',
    200,
    '{"id":1.5,"jsonrpc":"2.0","result":"mainnet"}\n',
  ],
  ['notification', '{"method":"Filecoin.ChainHead"}', 200, ''],
  ['id null', '{"id":null,"method":"Filecoin.ChainHead"}', 200, ''],
  ['void method', ok('NetPeers'), 200, '{"id":1,"jsonrpc":"2.0","result":[]}\n'],
  [
    'missing permission: write',
    ok('MpoolPush', [{}]),
    200,
    error(1, "missing permission to invoke 'MpoolPush' (need 'write')"),
  ],
  [
    'missing permission: list',
    ok('WalletList'),
    200,
    error(1, "missing permission to invoke 'WalletList' (need 'write')"),
  ],
  [
    'missing permission: sign',
    ok('WalletSign', [UNKNOWN, '']),
    200,
    error(1, "missing permission to invoke 'WalletSign' (need 'sign')"),
  ],
  [
    'missing permission: sign and push',
    ok('MpoolPushMessage', [{}, null]),
    200,
    error(1, "missing permission to invoke 'MpoolPushMessage' (need 'sign')"),
  ],
  [
    'missing permission: admin',
    ok('AuthNew', [['read']]),
    200,
    error(1, "missing permission to invoke 'AuthNew' (need 'admin')"),
  ],
  ['anonymous reads', ok('WalletBalance', [UNKNOWN]), 200, '{"id":1,"jsonrpc":"2.0","result":"0"}\n'],
];

test.each(rows)('%s', async (_name, body, status, wanted) => {
  const reply = await devnet.post(body, { 'content-type': 'application/json' });
  expect(reply.status).toBe(status);
  if (typeof wanted === 'string') expect(reply.text).toBe(wanted);
  else expect(reply.text).toMatch(wanted);
});

test('a batch of calls, notifications left out', async () => {
  const call = (id: number | null, method: string): object => ({ id, method: `Filecoin.${method}` });
  const reply = await devnet.post(
    JSON.stringify([call(1, 'StateNetworkName'), call(null, 'ChainHead'), call(2, 'Nope')]),
  );
  expect(reply.status).toBe(200);
  expect(JSON.parse(reply.text)).toEqual([
    { id: 1, jsonrpc: '2.0', result: 'mainnet' },
    { error: { code: -32601, message: "method 'Filecoin.Nope' not found" }, id: 2, jsonrpc: '2.0' },
  ]);
});

test.each(['Bearer nonsense', 'Basic abc', 'nonsense', 'Bearer a.b.c'])(
  'credentials %j: 401 and nothing',
  async (authorization) => {
    const reply = await devnet.post(ok('ChainHead'), { authorization, 'content-type': 'application/json' });
    expect(reply).toEqual({ status: 401, text: '', type: null });
  },
);

test('a token in the URL is credentials too', async () => {
  const url = new URL(devnet.url);
  const path = (token: string): string => `${url.pathname}?token=${token}`;
  const json = { 'content-type': 'application/json' };
  expect((await devnet.post(ok('WalletList'), json, path(devnet.tokens.write))).status).toBe(200);
  expect((await devnet.post(ok('WalletList'), json, path('nonsense'))).status).toBe(401);
});

test("curl's form content type eats an anonymous body, not an authorised one", async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await devnet.post(ok('ChainHead'), form)).toMatchObject({
    status: 400,
    text: error(-32600, 'Invalid request', null),
  });
  const signed = { ...form, authorization: `Bearer ${devnet.tokens.read}` };
  expect((await devnet.post(ok('ChainHead'), signed)).status).toBe(200);
});

test('unknown paths, GET and PUT', async () => {
  expect(await devnet.post(ok('ChainHead'), {}, '/rpc/v9')).toMatchObject({
    status: 404,
    text: '404 page not found\n',
  });
  const get = await fetch(devnet.url);
  expect([get.status, await get.text()]).toEqual([400, error(-32600, 'Invalid request', null)]);
  const put = await fetch(devnet.url, { method: 'PUT', body: ok('StateNetworkName') });
  expect(put.status).toBe(200);
});

test('a nil message is a panic', async () => {
  const reply = await devnet.post(ok('MpoolPush', [null]), {
    authorization: `Bearer ${devnet.tokens.write}`,
  });
  expect(reply.status).toBe(500);
  expect(reply.text).toMatch(
    /^\{"error":\{"code":0,"message":"fatal error calling 'Filecoin.MpoolPush': panic in rpc method /,
  );
});

test('names of fields without regard to case; a version that is no text is a parse error', async () => {
  const good = await devnet.post('{"ID":7,"Method":"Filecoin.StateNetworkName","Params":[]}');
  expect(JSON.parse(good.text)).toEqual({ id: 7, jsonrpc: '2.0', result: 'mainnet' });
  const bad = await devnet.post('{"jsonrpc":2,"id":7,"method":"Filecoin.StateNetworkName","params":[]}');
  expect([bad.status, JSON.parse(bad.text)]).toEqual([
    500,
    { error: { code: -32700, message: 'Parse error' }, id: 7, jsonrpc: '2.0' },
  ]);
});

test('tokens: each permission includes those below; AuthNew and AuthVerify', async () => {
  const may = async (token: string, method: string, params: unknown[]): Promise<boolean> => {
    const reply = await devnet.post(ok(method, params), { authorization: `Bearer ${token}` });
    return !reply.text.includes('missing permission');
  };
  const { read, write, sign, admin } = devnet.tokens;
  expect(await may(read, 'WalletList', [])).toBe(false);
  expect(await may(write, 'WalletList', [])).toBe(true);
  expect(await may(write, 'WalletSign', [UNKNOWN, ''])).toBe(false);
  expect(await may(sign, 'WalletSign', [UNKNOWN, ''])).toBe(true);
  expect(await may(sign, 'AuthNew', [['read']])).toBe(false);
  const made = Buffer.from(await devnet.call<string>('AuthNew', ['read', 'write']), 'base64').toString();
  expect(await devnet.call('AuthVerify', made)).toEqual(['read', 'write']);
  expect(await may(made, 'WalletList', [])).toBe(true);
  expect(await may(admin, 'AuthNew', [['read']])).toBe(true);
});

test('the control namespace wants its own token', async () => {
  const body = JSON.stringify({ id: 1, method: 'Devnet.Mine', params: [1] });
  const reply = await devnet.post(body, { authorization: `Bearer ${devnet.tokens.admin}` });
  expect(reply.text).toContain("missing permission to invoke 'Devnet.Mine' (need 'control')");
});

test('a client that hangs up does no harm', async () => {
  await new Promise<void>((resolve) => {
    const going = request(devnet.url, { method: 'POST' });
    going.on('error', () => resolve());
    going.on('socket', (socket) => socket.on('connect', () => going.destroy()));
    going.on('close', () => resolve());
    going.write('{"id":1,');
  });
  expect(await devnet.call('StateNetworkName')).toBe('mainnet');
});
