import { SecureUser } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob] = [person('ann'), person('bob')];
const MINE = model([start(), task('t', { assignee: 'ann' }), end()]);
const TWO = model([
  start(),
  task('A', { candidateUsers: 'ann,bob,admin' }),
  task('B', { candidateUsers: 'ann,bob,admin', candidateGroups: 'hr' }),
  end(),
]);

onStores('Whom a task can be given to', (kind) => {
  const guards = new Guards(kind);

  test.each<[where: string, tenant: { tenantId?: string }]>([
    ['outside tenants', {}],
    ['in a tenant', { tenantId: 'acme' }],
  ])(
    '%s, a candidate is left out if a duty that they may not override forbids the task',
    async (_case, tenant) => {
      const of = (name: string, ...userGroups: string[]) =>
        new SecureUser({ userName: name, userGroups, ...tenant });
      const [ann, bob, chief] = [of('ann'), of('bob'), of('admin', 'ADMIN')];
      const people = [ann, bob, chief];
      const directory = { find: async (name: string) => people.find(({ userName }) => userName === name) };
      const guard = await guards.make({ models: { Two: TWO }, directory });
      if (tenant.tenantId !== undefined) await guard.api.model.save('Two', TWO, null, chief);
      const { duties } = guard.as(chief).policies;
      await guard.api.engine.start('Two', {}, chief);
      const { id: a } = await waitingTask(guard, 'A', undefined, chief);
      await guard.api.tasks.take(a, ann);
      await guard.api.tasks.complete(a, {}, ann);
      const { id } = await waitingTask(guard, 'B', undefined, chief);
      const users = async (): Promise<string[]> => (await guard.api.tasks.candidates(id, bob)).users;
      expect(await users()).toEqual(['ann', 'bob', 'admin']);
      await duties.save('apart', { duty: 'not-who-did', model: 'Two', task: 'B', did: 'A' });
      expect(await users()).toEqual(['bob', 'admin']);
      await duties.save('not the starter', { duty: 'not-initiator', model: 'Two', tasks: ['B'] });
      expect(await users()).toEqual(['bob', 'admin']);
      await duties.save('not the starter', {
        duty: 'not-initiator',
        model: 'Two',
        tasks: ['B'],
        strict: true,
      });
      expect(await guard.api.tasks.candidates(id, bob)).toEqual({ users: ['bob'], groups: ['hr'] });
    },
  );
});

describe('A task that somebody is to get', () => {
  const guards = new Guards('embedded');
  const clerks = (count: number): string[] => Array.from({ length: count }, (_, at) => `c${at}`);

  test('is refused with all that stands against it', async () => {
    const directory = {
      find: async (name: string) => [ann, bob, ADMIN_USER].find((one) => one.userName === name),
    };
    const guard = await guards.make({ models: { Mine: MINE }, directory });
    const { duties, grid } = guard.as(ADMIN_USER).policies;
    const { tasks } = guard.as(ADMIN_USER);
    await guard.api.engine.start('Mine', {}, bob);
    const { id } = await waitingTask(guard, 't');
    await duties.save('d', { duty: 'not-initiator', model: 'Mine', tasks: ['t'], says: 'not who began' });
    const on = { process: 'Mine', task: 't' } as const;
    await grid.save('r', {
      effect: 'Allow',
      users: { user: 'ann' },
      privilege: 'Perform',
      on,
      says: 'ann alone',
    });
    const refused = await refusal(tasks.assign(id, 'bob'));
    expect([refused.code, refused.message]).toEqual([
      'forbidden',
      expect.stringMatching(/^The task cannot be given to this user: .*not who began.*; .+\.$/),
    ]);
    expect(await refusal(tasks.assign(id, 'eve'))).toMatchObject({
      code: 'bad-assignment',
      message: 'The user to whom the task would be assigned is not known.',
    });
  });

  test('is not handed to a group if none of its first five hundred members may do it', async () => {
    let members: string[] = [];
    let known: (name: string) => boolean = () => true;
    const directory = {
      find: async (name: string) =>
        name === 'admin' ? ADMIN_USER : known(name) ? person(name, 'clerks') : undefined,
      members: async () => members,
    };
    const guard = await guards.make({ models: { Mine: MINE }, directory });
    const { grid } = guard.as(ADMIN_USER).policies;
    await guard.api.engine.start('Mine', {}, ann);
    const { id } = await waitingTask(guard, 't');
    const on = { process: 'Mine', task: 't' } as const;
    await grid.save('r', { effect: 'Allow', users: { user: 'ann' }, privilege: 'Perform', on });
    const refused = async (): Promise<string> => {
      const { code, message } = await refusal(guard.api.tasks.escalate(id, { group: 'clerks' }, ann));
      return `${code}: ${message}`;
    };
    const nobody = 'bad-assignment: The group to which the task would be escalated has no members.';
    expect(await refused()).toBe(nobody);
    members = clerks(500);
    expect(await refused()).toBe(
      'forbidden: The task cannot be given to anybody in this group: ' +
        'rules of the grid name who may Perform Mine/t; one of them must allow it to you.',
    );
    members = clerks(501);
    expect(await refused()).toBe(
      'too-large: The group has more than 500 members; the task cannot be given to any of the first 500.',
    );
    known = (name) => name === 'ann';
    members = clerks(2);
    expect(await refused()).toBe(nobody);
    members = ['c0', 'ann', 'c1'];
    await guard.api.tasks.escalate(id, { group: 'clerks' }, ann);
  });
});
