import type { Directory, SecureUser } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob] = [person('ann'), person('bob')];
const M = model([start(), task('t', { assignee: '$(data.who)' }), end()]);

onStores('What nobody is left for', (kind) => {
  const guards = new Guards(kind);

  /** A directory whose people may go. */
  function leaving(): { directory: Directory; people: Map<string, SecureUser & { disabled?: boolean }> } {
    const people = new Map<string, SecureUser & { disabled?: boolean }>(
      [ann, bob, ADMIN_USER].map((user) => [user.userName, user]),
    );
    return { people, directory: { find: async (name) => people.get(name) } };
  }

  test('is listed page by page, with tasks whose assignee is gone or disabled and nothing else', async () => {
    const { directory, people } = leaving();
    const guard = await guards.make({ models: { M }, directory });
    for (const who of ['ann', 'bob', 'bob', 'ann', 'bob']) await guard.api.engine.start('M', { who }, ann);
    expect(await guard.api.work.orphans({}, ADMIN_USER)).toEqual({ data: [], nextCursor: null });
    expect((await guard.health()).orphans).toEqual({ tasks: 0, roles: 0, complete: true });
    people.set('bob', { ...bob, disabled: true } as never);
    const found: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await guard.api.work.orphans(
        { limit: 2, ...(after === undefined ? {} : { after }) },
        ADMIN_USER,
      );
      expect(page.data.length).toBeLessThanOrEqual(2);
      for (const orphan of page.data) if (orphan.kind === 'task') found.push(orphan.itemId);
      after = page.nextCursor;
    }
    const ofBob = await guard.api.data.findItems({ 'items.assignee': 'bob' }, ADMIN_USER);
    expect(found.sort()).toEqual(ofBob.map(({ id }) => id).sort());
    expect(found).toHaveLength(3);
    people.delete('bob');
    expect((await guard.api.work.orphans({}, ADMIN_USER)).data).toMatchObject(
      Array(3).fill({ kind: 'task', modelName: 'M', elementId: 't', assignee: 'bob' }),
    );
  });

  test('is counted by health, with security roles that nobody was given', async () => {
    const { directory, people } = leaving();
    const guard = await guards.make({ models: { M }, directory });
    await guard.api.engine.start('M', { who: 'bob' }, ADMIN_USER);
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    await securityRoles.save('held', { rights: ['Model:Read'] });
    await securityRoles.save('unheld', { rights: ['Model:Read'] });
    await securityRoles.give('held', { user: 'ann' });
    people.delete('bob');
    expect((await guard.health()).orphans).toEqual({ tasks: 1, roles: 1, complete: true });
    expect((await guard.api.work.orphans({}, ADMIN_USER)).data).toMatchObject([
      { kind: 'security-role', role: 'unheld' },
      { kind: 'task', assignee: 'bob' },
    ]);
  });

  test('is for administrators of the tenant, and never says that somebody is gone where the directory does not answer', async () => {
    const { directory, people } = leaving();
    const broken = { now: false };
    const guard = await guards.make({
      models: { M },
      directory: {
        find: async (name) => {
          if (broken.now && name === 'bob') throw new Error('no answer');
          return directory.find(name);
        },
      },
    });
    await guard.api.engine.start('M', { who: 'bob' }, ann);
    // Who may end some instances, as the owner of a case may, sees what is left in those; ann may end none.
    expect((await guard.api.work.orphans({}, ann)).data).toEqual([]);
    people.set('other', person('other', 'ADMIN'));
    people.set('root', { userName: 'root', userGroups: ['ADMIN'], tenantId: 'acme' } as never);
    people.delete('bob');
    const ofTenant = { userName: 'root', userGroups: ['ADMIN'], tenantId: 'acme' };
    expect((await guard.api.work.orphans({}, ofTenant)).data).toEqual([]);
    expect((await guard.api.work.orphans({}, person('other', 'ADMIN'))).data).toHaveLength(1);
    broken.now = true;
    expect(await refusal(guard.api.work.orphans({}, ADMIN_USER))).toMatchObject({ status: 503 });
    expect((await guard.health()).orphans).toBeUndefined();
  });

  test('cannot be told of tasks without a directory', async () => {
    const guard = await guards.make({ models: { M } });
    await guard.api.engine.start('M', { who: 'anybody' }, ann);
    expect((await guard.api.work.orphans({}, ADMIN_USER)).data).toEqual([]);
    expect(await refusal(guard.api.work.orphans({ limit: 0 }, ADMIN_USER))).toMatchObject({
      code: 'bad-query',
    });
    expect(await refusal(guard.api.work.orphans({ size: 1 } as never, ADMIN_USER))).toMatchObject({
      code: 'bad-query',
    });
  });
});
