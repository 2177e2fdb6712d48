import { openStore, type Guard } from 'bpmn-guard';
import type { StoredComment, StoredInstance } from '../../../src/store/port.js';
import { caseModel, CLAIM, ROLES } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, type GuardParts } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const own = person('own');
const PARTS = [task('ask', { candidateGroups: 'contact' })];
const MODELS = {
  Claim: CLAIM,
  WithRoles: caseModel(ROLES, PARTS),
  WithoutRoles: model([start(), ...PARTS, end()]),
};
const guards = new Guards('embedded');

async function begun(
  name: keyof typeof MODELS,
  parts: GuardParts = {},
): Promise<{ guard: Guard; id: string }> {
  const guard = await guards.make({ models: MODELS, ...parts });
  const { id } = await guard.api.engine.start(name, { x: 1 }, own);
  return { guard, id };
}

test('what was done on a case is in the audit trail, with the instance', async () => {
  const { guard, id } = await begun('Claim');
  await guard.api.cases.setData(id, { x: 2 }, own);
  const [entry] = await guard.store.audit.find({ userName: 'own', limit: 1 });
  expect(entry).toMatchObject({
    operation: 'instance:data',
    answer: 'allowed',
    resource: { kind: 'instance', id, instanceId: id },
  });
});

test('a case stays one when it runs by a model without roles', async () => {
  const { guard, id } = await begun('WithRoles');
  await guard.api.engine.migrate(id, 'WithoutRoles', ADMIN_USER);
  expect(await guard.api.cases.comment(id, 'still here', {}, own)).toMatchObject({ author: 'own' });
});

test('an instance that an unguarded host stored is a case as its model says, and its data can be changed', async () => {
  const { guard, id } = await begun('Claim');
  const { id: plain } = await guard.api.engine.start('WithoutRoles', {}, own);
  const store = await openStore({ memory: true });
  for (const from of [id, plain]) {
    const { guard: _ours, _id, ...stored } = (await guard.store.instances.load(from)) as StoredInstance;
    await store.instances.insert(stored);
  }
  const place = { kind: 'embedded', options: store as never, remove: async () => undefined } as const;
  const { cases } = (await guards.make({ place })).as(ADMIN_USER);
  expect((await cases.setData(plain, { y: 2 })).data).toEqual({ y: 2 });
  expect(await store.instances.load(plain)).not.toHaveProperty('guard');
  expect(await refusal(cases.comment(plain, 'no case'))).toMatchObject({ code: 'bad-request' });
  expect(await cases.comment(id, 'a case')).toMatchObject({ text: 'a case' });
  expect((await cases.listComments(id)).map(({ text }) => text)).toEqual(['a case']);
  expect((await cases.setData(id, { y: 2 })).data).toEqual({ x: 1, y: 2 });
});

test('data is added to a case up to the limit of what callers may add', async () => {
  const { guard, id } = await begun('Claim', { instanceLimits: { data: 100_000 } });
  const { cases } = guard.as(own);
  await cases.setData(id, { a: 'x'.repeat(60_000) });
  expect(await refusal(cases.setData(id, { b: 'x'.repeat(50_000) }))).toMatchObject({ code: 'too-large' });
  expect(await refusal(cases.setData(id, { a: 'x'.repeat(110_000) }))).toMatchObject({ code: 'too-large' });
  expect((await guard.store.instances.load(id))?.data).toEqual({ x: 1, a: 'x'.repeat(60_000) });
});

test('a case has at most 200 comments', async () => {
  const { guard, id } = await begun('Claim');
  const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
  const comments = Array.from({ length: 199 }, (_, at) => ({
    id: `c${at}`,
    author: 'own',
    at: new Date(),
    text: 'x',
  }));
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, rev: 99, comments } });
  const { cases } = guard.as(own);
  await cases.comment(id, 'the last');
  expect(await refusal(cases.comment(id, 'one more'))).toMatchObject({
    code: 'too-large',
    message: 'A case may have at most 200 comments, of 250000 characters in all.',
  });
  await cases.removeComment(id, 'c0');
  await cases.comment(id, 'again the last');
});

test('the comments of a case have at most 250,000 characters', async () => {
  const { guard, id } = await begun('Claim');
  const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
  const comments = [{ id: 'c', author: 'own', at: new Date(), text: 'x'.repeat(249_999) }];
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, rev: 99, comments } });
  const { cases } = guard.as(own);
  expect(await refusal(cases.comment(id, 'xx'))).toMatchObject({ code: 'too-large' });
  await cases.comment(id, 'x');
});

/** A case that one participant has filled with comments. */
async function filled(text: string, count: number) {
  const { guard, id } = await begun('Claim');
  await guard.api.cases.addToRole(id, 'participant', { users: ['pia', 'hal'] }, own);
  const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
  const comments = Array.from({ length: count }, (_, at) => ({
    id: `c${at}`,
    author: 'pia',
    at: new Date(),
    text,
  }));
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, rev: 99, comments } });
  return { guard, id, as: (name: string, ...groups: string[]) => guard.as(person(name, ...groups)).cases };
}

test.each([
  ['200 short comments', 'x', 200],
  ['long comments', 'x'.repeat(4_000), 62],
])('who fills a case with %s is refused; the others and administrators go on', async (_what, text, count) => {
  const { id, as } = await filled(text, count);
  expect(await refusal(as('pia').comment(id, 'x'.repeat(3_000)))).toMatchObject({ code: 'too-large' });
  for (const at of [1, 2]) {
    expect(await as('hal').comment(id, `of hal ${at} ${'x'.repeat(3_000)}`)).toMatchObject({ author: 'hal' });
    await as('own').comment(id, 'of the owner');
    await as('admin', 'ADMIN').comment(id, 'of an administrator');
  }
  expect(await refusal(as('pia').comment(id, 'x'))).toMatchObject({ code: 'too-large' });
  expect(await refusal(as('pia').changeComment(id, 'c0', `${text}x`))).toMatchObject({ code: 'too-large' });
  await as('pia').changeComment(id, 'c0', 'y');
  await as('pia').removeComment(id, 'c1');
});

test('a user beyond the limit may write 20 comments, and all users together at most 1,000', async () => {
  const { guard, id, as } = await filled('x', 200);
  for (let at = 0; at < 20; at++) await as('hal').comment(id, 'x');
  expect(await refusal(as('hal').comment(id, 'x'))).toMatchObject({
    code: 'too-large',
    message: 'A case may have at most 200 comments, of 250000 characters in all.',
  });
  const { guard: kept } = (await guard.store.instances.load(id)) as StoredInstance;
  const [first] = kept?.comments ?? [];
  const comments = Array.from({ length: 1_000 }, (_, at) => ({ ...(first as StoredComment), id: `d${at}` }));
  await guard.store.instances.update(id, kept?.rev, { guard: { ...kept, rev: 199, comments } });
  for (const who of [as('own'), as('admin', 'ADMIN')])
    expect(await refusal(who.comment(id, 'x'))).toMatchObject({
      code: 'too-large',
      message: 'A case may have at most 1000 comments, of 1000000 characters in all.',
    });
});

test('a comment for several roles is shown to who holds one of them', async () => {
  const { guard, id } = await begun('Claim');
  await guard.api.cases.addToRole(id, 'contact', { users: ['hal'], groups: ['staff'] }, own);
  await guard.api.cases.comment(id, 'for some', { roles: ['hr', 'contact', 'hr'] }, own);
  const seen = (...who: [string, ...string[]]) => guard.api.cases.listComments(id, person(...who));
  for (const who of [['hal'], ['gil', 'staff']] as [string, ...string[]][])
    expect(await seen(...who)).toMatchObject([{ text: 'for some', roles: ['hr', 'contact'] }]);
  await guard.api.cases.addToRole(id, 'participant', { users: ['pia'] }, own);
  expect(await seen('pia')).toEqual([]);
});

test('a comment is changed and removed among others, which stay as they are', async () => {
  const { guard, id } = await begun('Claim');
  const { cases } = guard.as(own);
  const texts = async () => (await cases.listComments(id)).map(({ text }) => text);
  const ids: string[] = [];
  for (const text of ['a', 'b', 'c']) ids.push((await cases.comment(id, text)).id);
  const [first = '', second = ''] = ids;
  expect(await cases.changeComment(id, second, 'B')).toMatchObject({
    id: second,
    text: 'B',
    changedBy: 'own',
  });
  expect(await texts()).toEqual(['a', 'B', 'c']);
  await cases.removeComment(id, first);
  expect(await texts()).toEqual(['B', 'c']);
});
