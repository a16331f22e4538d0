/** Who may decide on a withdrawal: nobody who asked for it, and no person twice, however many times they say so at once. */
import { randomUUID } from 'node:crypto';
import { makeWithdrawalActivities } from '../../activities/withdrawal';
import { openApproval, recordDecision } from '../../db/approval';
import { coins } from '../../domain/money';
import { RefusalError } from '../../domain/refusal';
import { listed, makePolicy, openBooks, text, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await makePolicy(books.admin);
}, 60_000);
afterAll(() => books.close());

test('the asker, their mailbox as staff, and one person five times over do not make two people', async () => {
  await books.customer('ada', coins(100n));
  const hash = '$argon2id$v=19$m=8,t=1,p=1$none';
  await books.admin('staff').insert([
    { id: 's1', email: 'ada@example.com', role: 'checker', password_hash: hash },
    { id: 's2', email: 'other@loanstone.test', role: 'checker', password_hash: hash },
    { id: 's3', email: 'third@loanstone.test', role: 'treasurer', password_hash: hash },
  ]);
  const [withdrawalId, id, amount] = [randomUUID(), randomUUID(), text(coins(31n))];
  const addressId = await listed(books.admin, 'ada', 'f1ada');
  const act = makeWithdrawalActivities({ knex: books.app });
  const wish = { withdrawalId, customerId: 'ada', addressId, amount, workflowId: 'withdrawal/w' };
  expect(await act.placeWithdrawal(wish)).toMatchObject({ state: 'held', people: 2 });
  const subject = { withdrawal: withdrawalId, address: 'f1ada', amount, policyVersion: 2 };
  const of = { subjectKind: 'withdrawal', subjectId: withdrawalId, workflowId: wish.workflowId };
  const approval = { id, kind: 'withdrawal', ...of, subject, makerId: 'ada', quorum: 2 } as const;
  const { subjectHash } = await books.app.transaction((trx) => openApproval(trx, approval));

  const accept = async (who: string, reason = 'fine'): Promise<string> => {
    const said = { decision: 'accept', reason, approvalId: id, subjectHash } as const;
    const decision = { ...said, actor: { id: who, role: 'checker' } };
    try {
      return (await books.app.transaction((trx) => recordDecision(trx, decision))).state;
    } catch (error) {
      if (error instanceof RefusalError) return error.code;
      throw error;
    }
  };
  expect([await accept('ada'), await accept('s1')]).toEqual(['maker-is-checker', 'maker-is-checker']);
  const many = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((reason) => accept('s2', reason)));
  expect(many.sort()).toEqual([...Array<string>(4).fill('already-decided'), 'waiting']);
  await expect(act.clearWithdrawal({ withdrawalId, approvalId: id })).rejects.toThrow('is not approved');
  expect(await accept('s3')).toBe('accepted');
  expect(await act.clearWithdrawal({ withdrawalId, approvalId: id })).toMatchObject({ state: 'approved' });
});
