import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const [ann, bob] = [person('ann'), person('bob')];
const TWO = model([
  start(),
  task('A', { candidateUsers: 'ann,bob,admin' }),
  task('B', { candidateUsers: 'ann,bob,admin', candidateGroups: 'hr' }),
  end(),
]);

onStores('Whom a task can be given to', (kind) => {
  const guards = new Guards(kind);

  test('its candidates are named without those whom a duty forbids it, unless they may override it', async () => {
    const people = [ann, bob, ADMIN_USER];
    const directory = { find: async (name: string) => people.find(({ userName }) => userName === name) };
    const guard = await guards.make({ models: { Two: TWO }, directory });
    const { duties } = guard.as(ADMIN_USER).policies;
    await guard.api.engine.start('Two', {}, ADMIN_USER);
    const { id: a } = await waitingTask(guard, 'A');
    await guard.api.tasks.take(a, ann);
    await guard.api.tasks.complete(a, {}, ann);
    const { id } = await waitingTask(guard, 'B');
    const users = async (): Promise<string[]> => (await guard.api.tasks.candidates(id, bob)).users;
    expect(await users()).toEqual(['ann', 'bob', 'admin']);
    await duties.save('apart', { duty: 'not-who-did', model: 'Two', task: 'B', did: 'A' });
    expect(await users()).toEqual(['bob', 'admin']);
    await duties.save('not the starter', { duty: 'not-initiator', model: 'Two', tasks: ['B'] });
    expect(await users()).toEqual(['bob', 'admin']);
    await duties.save('not the starter', { duty: 'not-initiator', model: 'Two', tasks: ['B'], strict: true });
    expect(await guard.api.tasks.candidates(id, bob)).toEqual({ users: ['bob'], groups: ['hr'] });
  });
});
