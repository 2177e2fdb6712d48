import type { Guard } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';

const [own, hal] = [person('own'), person('hal')];
const guards = new Guards('embedded');
const DATE: unknown = expect.any(Date);

async function begun(): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: { Claim: CLAIM } });
  const { id } = await guard.api.engine.start('Claim', {}, own, {
    caseRoles: { owner: { users: ['own'] }, participant: { users: ['hal'] } },
  });
  return { guard, id };
}

test('a comment says who wrote it and when, and a change of it who made that and when', async () => {
  const { guard, id } = await begun();
  const mine = await guard.api.cases.comment(id, 'first', {}, own);
  const ID: unknown = expect.stringMatching(/^[\da-f-]{36}$/);
  expect(mine).toEqual({ id: ID, author: 'own', at: DATE, text: 'first' });
  expect(await guard.api.cases.listComments(id, hal)).toEqual([mine]);
  const changed = await guard.api.cases.changeComment(id, mine.id, 'second', hal);
  expect(changed).toEqual({ ...mine, text: 'second', changedAt: DATE, changedBy: 'hal' });
  expect(await guard.api.cases.listComments(id, own)).toEqual([changed]);
  expect(await guard.api.cases.removeComment(id, mine.id, own)).toBeUndefined();
  expect(await guard.api.cases.listComments(id, own)).toEqual([]);
});

test('a comment for some roles is seen by its author and by administrators as well', async () => {
  const { guard, id } = await begun();
  const { id: comment } = await guard.api.cases.comment(id, 'for hr', { roles: ['hr'] }, hal);
  const texts = async (user: typeof own) =>
    (await guard.api.cases.listComments(id, user)).map(({ text }) => text);
  expect([await texts(hal), await texts(own), await texts(ADMIN_USER)]).toEqual([['for hr'], [], ['for hr']]);
  expect(await refusal(guard.api.cases.removeComment(id, comment, own))).toMatchObject({
    code: 'not-found',
    message: 'No such comment, or it is not yours to see.',
  });
  await guard.api.cases.removeComment(id, comment, ADMIN_USER);
  expect(await texts(hal)).toEqual([]);
});

test('a comment that is changed stays within what a case may have', async () => {
  const { guard, id } = await begun();
  const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
  const of = (text: string, at: number) => ({ id: `c${at}`, author: 'own', at: new Date(), text });
  const comments = [of('x'.repeat(249_998), 0), of('x', 1)];
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, rev: 99, comments } });
  const { cases } = guard.as(own);
  expect(await refusal(cases.changeComment(id, 'c1', 'xxx'))).toMatchObject({ code: 'too-large' });
  expect(await cases.changeComment(id, 'c1', 'xx')).toMatchObject({ text: 'xx' });
});
