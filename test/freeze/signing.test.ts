/** After a freeze commits nothing that it stops is signed, whatever happens at the same time. */
import fc from 'fast-check';
import { expectNotFrozen } from '../../db/freeze';
import { FREEZE_SCOPES, STOPS, type FreezeScope } from '../../domain/freeze';
import { RefusalError } from '../../domain/refusal';
import { agreed, aFreezeDesk, BORROWERS, signedWhileFrozen, type FreezeDesk } from './desk';

const KINDS = ['disburse', 'owner-propose', 'to-cold', 'fund', 'sweep', 'owner-confirm', 'withdraw-balance'];

let desk: FreezeDesk;
beforeAll(async () => {
  desk = await aFreezeDesk();
});
afterAll(() => desk.close());

type Step =
  | { readonly do: 'freeze'; readonly scope: FreezeScope }
  | { readonly do: 'lift' }
  | { readonly do: 'sign'; readonly kind: string; readonly who: (typeof BORROWERS)[number] };

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof RefusalError) return error.code;
    throw error;
  }
};

const attempts = async (): Promise<number> =>
  Number((await desk.admin('chain.attempt').count<{ count: string }[]>('* as count'))[0]?.count);

test('the database stops what the rules say, kind by kind', async () => {
  const rows = await desk.app<{ scope: FreezeScope; message_kind: string }>('freeze_stop');
  for (const scope of FREEZE_SCOPES) {
    const kinds = rows.filter((row) => row.scope === scope).map(({ message_kind: kind }) => kind);
    expect(kinds.sort()).toEqual([...STOPS[scope].messages].sort());
  }
});

test('whose a message is: the borrower of its loan, the customer of its withdrawal, nobody', async () => {
  const whose = async (kind: string, id: string): Promise<unknown> => {
    const sql = 'SELECT freeze_customer_of(?, ?) AS whose';
    const { rows } = await desk.admin.raw<{ rows: { whose: string | null }[] }>(sql, [kind, id]);
    return rows[0]?.whose;
  };
  expect(await whose('loan', 'loan-ada')).toBe('ada');
  expect(await whose('withdrawal', 'none')).toBeNull();
  expect(await whose('address', 'f1x')).toBeNull();
});

test.each(FREEZE_SCOPES)('%s: stopped kinds wait with its code, all others are signed', async (scope) => {
  const id = await desk.freeze(scope, scope === 'customer' ? 'ada' : null);
  const waiting: string[] = [];
  for (const kind of KINDS) {
    const stopped = STOPS[scope].messages.includes(kind);
    const [hers, his] = [await desk.draft(kind, 'ada'), await desk.draft(kind, 'bob')];
    const before = await attempts();
    expect([kind, await desk.sign(hers)]).toEqual([kind, stopped ? STOPS[scope].code : 'signed']);
    expect(await attempts()).toBe(before + (stopped ? 0 : 1));
    const alsoHis = stopped && scope !== 'customer';
    expect([kind, await desk.sign(his)]).toEqual([kind, alsoHis ? STOPS[scope].code : 'signed']);
    if (stopped) waiting.push(hers);
  }
  const [needing = ''] = waiting;
  await desk.admin('chain.message').where({ id: needing }).update({ needs_action: 'frozen' });
  await desk.lift(id);
  // What had asked for a person is told to look again, and goes on.
  const told = await desk.app('watch.look').where({ workflow_id: `message/${needing}` });
  expect(told).toHaveLength(1);
  for (const message of waiting) expect(await desk.sign(message)).toBe('signed');
  expect(await signedWhileFrozen(desk.admin)).toEqual([]);
});

test('what would begin anew is refused by its code; what is not stopped is not', async () => {
  const requests = ['withdrawal', 'loan', 'to-cold'] as const;
  for (const scope of FREEZE_SCOPES) {
    const id = await desk.freeze(scope, scope === 'customer' ? 'ada' : null);
    for (const request of requests) {
      const code = STOPS[scope].requests.includes(request) ? STOPS[scope].code : 'none';
      expect(await codeOf(expectNotFrozen(desk.app, request, 'ada'))).toBe(code);
      const his = scope === 'customer' ? 'none' : code;
      expect(await codeOf(expectNotFrozen(desk.app, request, 'bob'))).toBe(his);
      expect(await codeOf(expectNotFrozen(desk.app, request, null))).toBe(his);
    }
    await desk.lift(id);
    for (const request of requests)
      expect(await codeOf(expectNotFrozen(desk.app, request, 'ada'))).toBe('none');
  }
});

test('the same twice is refused; a reconciliation freezes beside a person, each is lifted by itself', async () => {
  const person = await desk.freeze('payouts');
  expect(await codeOf(desk.freeze('payouts'))).toBe('already-frozen');
  const automatic = await desk.freeze('payouts', null, null);
  expect(await codeOf(desk.freeze('payouts', null, null))).toBe('already-frozen');
  await desk.lift(person);
  expect(await codeOf(expectNotFrozen(desk.app, 'withdrawal', 'ada'))).toBe('payouts-frozen');
  await desk.lift(automatic);
  expect(await codeOf(expectNotFrozen(desk.app, 'withdrawal', 'ada'))).toBe('none');
  // Of two at once, one freezes.
  const codes = await Promise.all([1, 2, 3, 4].map(() => codeOf(desk.freeze('lending'))));
  expect(codes.filter((code) => code === 'none')).toHaveLength(1);
  const [row] = await desk.app<{ id: string }>('freezes').whereNull('lifted_at');
  await desk.lift(row?.id ?? '');
});

test('the database itself lets no one person lift, nothing change, and no signature of it be kept', async () => {
  const id = await desk.freeze('payouts');
  const of = () => desk.app('freezes').where({ id });
  await expect(of().update({ lifted_at: new Date() })).rejects.toThrow('only two people lift it');
  const other = await agreed(desk.admin, 'lift', 'another');
  await expect(of().update({ approval_id: other })).rejects.toThrow('only two people lift it');
  const wrong = await agreed(desk.admin, 'resolution', id);
  await expect(of().update({ approval_id: wrong })).rejects.toThrow('only two people lift it');
  await expect(desk.admin('freezes').where({ id }).update({ reason: 'x' })).rejects.toThrow('never changes');
  await expect(desk.admin('freezes').where({ id }).delete()).rejects.toThrow();
  await expect(desk.app('freeze_stop').delete()).rejects.toThrow('permission denied');
  // A signer that forgot to look.
  const message = await desk.draft('disburse', 'ada');
  const forgetful = desk.admin.transaction(async (trx) => {
    const [slot] = await trx('chain.sender').select<{ address: string; next_nonce: number }[]>();
    await trx('chain.nonce_slot').insert({
      ...{ sender: slot?.address, nonce: slot?.next_nonce, message_id: message },
    });
    await trx('chain.attempt').insert({
      ...{ sender: slot?.address, nonce: slot?.next_nonce, message_id: message, cid_signed: 's' },
      ...{ cid_unsigned: 'u', signed_bytes: Buffer.from([1]), signed_json: {}, gas_limit: 1 },
      ...{ fee_cap: '1', premium: '1', created_epoch: 1 },
    });
  });
  await expect(forgetful).rejects.toThrow('frozen by');
  await desk.lift(id);
});

test('raced: what was not signed when the freeze returns is not signed after it', async () => {
  let inTime = 0;
  let tooLate = 0;
  for (let round = 0; round < 40; round += 1) {
    const drafts = await Promise.all(
      BORROWERS.flatMap((who) => [1, 2, 3].map(() => desk.draft('disburse', who))),
    );
    const signing = drafts.map((id) => desk.sign(id));
    if (round % 4 > 0) await Promise.race(signing);
    const id = await desk.freeze(round % 2 === 0 ? 'payouts' : 'lending');
    const signed = await attempts();
    const outcomes = await Promise.all(signing);
    expect(await attempts()).toBe(signed);
    inTime += outcomes.filter((outcome) => outcome === 'signed').length;
    tooLate += outcomes.filter((outcome) => outcome !== 'signed').length;
    await desk.lift(id);
  }
  expect(await signedWhileFrozen(desk.admin)).toEqual([]);
  // A race that one side always wins proves nothing.
  expect(inTime).toBeGreaterThan(0);
  expect(tooLate).toBeGreaterThan(0);
}, 120_000);

const ADA_SIGNS: Step = { do: 'sign', kind: 'disburse', who: 'ada' };
const EVERY_CODE: Step[][] = [
  [ADA_SIGNS],
  ...FREEZE_SCOPES.flatMap((scope): Step[][] => [[{ do: 'freeze', scope }], [ADA_SIGNS], [{ do: 'lift' }]]),
];

test('in any order of freezes, lifts and signatures, none is newer than a freeze that stops it', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('freeze' as const), scope: fc.constantFrom(...FREEZE_SCOPES) }),
    fc.record({ do: fc.constant('lift' as const) }),
    fc.record({
      do: fc.constant('sign' as const),
      kind: fc.constantFrom('disburse', 'owner-propose', 'to-cold', 'fund'),
      who: fc.constantFrom(...BORROWERS),
    }),
  );
  const standing: string[] = [];
  const outcomes: string[] = [];
  const act = async (one: Step): Promise<void> => {
    if (one.do === 'sign') outcomes.push(await desk.sign(await desk.draft(one.kind, one.who)));
    else if (one.do === 'lift') {
      const id = standing.shift();
      if (id !== undefined) await desk.lift(id);
    } else {
      const frozen = desk.freeze(one.scope, one.scope === 'customer' ? 'ada' : null);
      if ((await codeOf(frozen)) === 'none') standing.push(await frozen);
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 5 }),
      async (waves) => {
        for (const wave of waves) await Promise.all(wave.map(act));
        expect(await signedWhileFrozen(desk.admin)).toEqual([]);
      },
    ),
    // The first ones meet every code, whatever the others hold.
    { numRuns: 25, examples: [[EVERY_CODE]] },
  );
  // Every code was met, and the signatures that nothing stopped.
  expect([...new Set(outcomes)].sort()).toEqual([
    'customer-frozen',
    'lending-frozen',
    'payouts-frozen',
    'signed',
  ]);
  while (standing.length > 0) await desk.lift(standing.shift() ?? '');
}, 120_000);
