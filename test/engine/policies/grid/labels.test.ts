import { type SecureUser, type Guard, type ItemView } from 'bpmn-guard';
import { CASES } from '../../../support/cases.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../../support/guards.js';
import { end, loop, model, parallel, receive, start, task } from '../../../support/models.js';
import { verifyStore } from '../../../../src/engine/upkeep/verify.js';
import { onStores } from '../../../support/stores.js';

const writer = (name: string): SecureUser => person(name, 'Writer');
const [ann, ben] = [writer('ann'), writer('ben')];
const TWO = model([start(), parallel('both', [task('write')], [task('check')]), end()]);
const MANY = model([start(), task('vote', {}, loop('$(data.list)')), end()]);
const NEWS = model([start(), receive('news', 'hello'), end()], { messages: ['hello'] });

const RULES = `
Label Author held by 1
Label Voter held by 2
Label Messenger
write: Allow group Writer to Perform on task write of process Two as Author
check: Allow group Writer to Perform on task check of process Two as Author
vote: Allow group Writer to Perform on task vote of process Many as Voter
news: Allow group Writer to Perform on event news of process News as Messenger
`;

const labelsOf = async (guard: Guard, id: string): Promise<unknown> =>
  (await guard.store.instances.load(id))?.guard?.roles;

onStores('Labels of the access rules grid', (kind) => {
  const guards = new Guards(kind);
  const stage = async (rules = RULES): Promise<Guard> => {
    const guard = await guards.make({ models: { Two: TWO, Many: MANY, News: NEWS } });
    await guard.as(ADMIN_USER).policies.grid.import('text', rules);
    return guard;
  };
  const begun = async (guard: Guard): Promise<{ id: string; write: ItemView; check: ItemView }> => {
    const { id } = await guard.api.engine.start('Two', {}, ADMIN_USER);
    return { id, write: await waitingTask(guard, 'write', id), check: await waitingTask(guard, 'check', id) };
  };

  test('are reserved when a task is taken, given back when it is released, and kept when it is completed', async () => {
    const guard = await stage();
    const { id, write, check } = await begun(guard);
    await guard.api.tasks.take(write.id, ann);
    expect(await labelsOf(guard, id)).toEqual({ Author: ['ann'] });
    expect(await guard.api.tasks.count(undefined, ben)).toBe(0);
    expect(await refusal(guard.api.tasks.take(check.id, ben))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.release(write.id, ann);
    expect(await labelsOf(guard, id)).toEqual({});
    await guard.api.tasks.take(check.id, ben);
    await guard.api.tasks.complete(check.id, {}, ben);
    expect(await labelsOf(guard, id)).toEqual({ Author: ['ben'] });
    expect(await refusal(guard.api.tasks.take(write.id, ann))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.take(write.id, ben);
    await guard.api.tasks.complete(write.id, {}, ben);
  });

  test('go with a task that is re-assigned, and nobody is assigned one that is full', async () => {
    const guard = await stage();
    const { id, write, check } = await begun(guard);
    const { tasks } = guard.as(ADMIN_USER);
    // The groups of others are not known without a directory.
    expect(await refusal(tasks.assign(write.id, 'ben'))).toMatchObject({ code: 'forbidden' });
    const named = await stage(
      RULES.replaceAll('group Writer', 'users where {"user.userName":{"$in":["ann","ben"]}}'),
    );
    const other = await begun(named);
    const admin = named.as(ADMIN_USER).tasks;
    await admin.assign(other.write.id, 'ann');
    expect(await labelsOf(named, other.id)).toEqual({ Author: ['ann'] });
    expect(await refusal(admin.assign(other.check.id, 'ben'))).toMatchObject({ code: 'forbidden' });
    await admin.assign(other.write.id, 'ben');
    expect(await labelsOf(named, other.id)).toEqual({ Author: ['ben'] });
    await admin.assign(other.check.id, 'ben');
    expect([id, check.id]).toHaveLength(2);
  });

  test('are not handed on with a task, unless the rule says so', async () => {
    const names = 'users where {"user.userName":{"$in":["ann","ben"]}}';
    for (const [said, after] of [
      ['', undefined],
      [' handing on', { Author: ['ben'] }],
    ] as const) {
      const guard = await stage(
        RULES.replaceAll('group Writer', names).replaceAll('as Author', `as Author${said}`),
      );
      const { id, write } = await begun(guard);
      await guard.api.tasks.take(write.id, ann);
      const lent = guard.api.tasks.delegate(write.id, 'ben', ann);
      if (after === undefined) {
        expect(await refusal(lent)).toMatchObject({ code: 'forbidden' });
        continue;
      }
      await lent;
      expect(await labelsOf(guard, id)).toEqual(after);
      await guard.api.tasks.resolve(write.id, ben);
      expect(await labelsOf(guard, id)).toEqual({ Author: ['ann'] });
    }
  });

  test('cannot be written by data, assignments or messages, and who sends a message wins its label', async () => {
    const guard = await stage();
    const data = {
      guard: { roles: { Author: ['ben'] } },
      roles: { Author: ['ben'] },
      won: { Author: ['ben'] },
    };
    const { id } = await guard.api.engine.start('Two', data, ADMIN_USER);
    const write = await waitingTask(guard, 'write', id);
    const extras = { roles: { Author: ['ben'] }, labels: { Author: ['ben'] } };
    await Promise.allSettled([
      guard.api.engine.assign({ 'items.id': write.id }, data, extras as never, ADMIN_USER),
    ]);
    expect(await labelsOf(guard, id)).toBeUndefined();
    const news = await guard.api.engine.start('News', {}, ADMIN_USER);
    expect(await refusal(guard.api.engine.throwMessage('hello', data, {}, person('zoe')))).toMatchObject({
      code: 'not-found',
    });
    await guard.api.engine.throwMessage('hello', data, {}, ann);
    expect(await labelsOf(guard, news.id)).toEqual({ Messenger: ['ann'] });
  });

  test('stay won when their rule is removed', async () => {
    const guard = await stage();
    const { id, write } = await begun(guard);
    await guard.api.tasks.take(write.id, ann);
    await guard.api.tasks.complete(write.id, {}, ann);
    const { grid } = guard.as(ADMIN_USER).policies;
    await grid.import('text', 'follow: Allow role Author to View on process Two\nLabel Author', {
      replace: true,
    });
    expect((await grid.list()).map((rule) => rule.id)).toEqual(['follow']);
    expect(await labelsOf(guard, id)).toEqual({ Author: ['ann'] });
    expect(await guard.api.data.findInstances({ id }, ann)).toHaveLength(1);
    expect(await verifyStore(guard.store)).toMatchObject({ wrong: 0 });
  });

  test('of many who take tasks at once, as many win as the multiplicity says', async () => {
    const guard = await stage();
    const takers = Array.from(
      { length: Math.min(100, (kind === 'mongo' ? 20 : 40) * CASES) },
      (_, at) => `w${at}`,
    );
    const { id } = await guard.api.engine.start('Many', { list: takers }, ADMIN_USER);
    const items = await guard.api.data.findItems(
      { id, 'items.elementId': 'vote', 'items.status': 'wait' },
      ADMIN_USER,
    );
    expect(items).toHaveLength(takers.length);
    const outcomes = await Promise.allSettled(
      takers.map((name, at) => guard.api.tasks.take(items[at]?.id as string, writer(name))),
    );
    const won = takers.filter((_, at) => outcomes[at]?.status === 'fulfilled');
    expect(won).toHaveLength(2);
    expect(await labelsOf(guard, id)).toEqual({ Voter: expect.arrayContaining(won) as unknown });
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect([403, 404]).toContain(outcome.reason.status);
  });
});
