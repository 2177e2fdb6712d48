import type { Guard, UserInfo } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { CASES } from '../../support/cases.js';
import { boundary, end, loop, message, model, parallel, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const STAFF = { candidateGroups: 'staff' };
const SEQUENCE = model([start(), task('A', STAFF), task('B', STAFF), end()]);
const AT_ONCE = model([start(), parallel('p', [task('A', STAFF)], [task('B', STAFF)]), end()]);
const VOTES = model([start(), task('V', STAFF, loop('$(this.data.voters)')), end()]);
const [kim, lee, mia] = [person('kim', 'staff'), person('lee', 'staff'), person('mia', 'staff')];
const APART = { duty: 'not-who-did', model: 'M', task: 'B', did: 'A' } as const;

const dutiesOf = (guard: Guard) => guard.as(ADMIN_USER).policies.duties;
const started = async (guard: Guard, data = {}, by: UserInfo = mia): Promise<string> =>
  (await guard.api.engine.start('M', data, by)).id;
const idOf = async (guard: Guard, element: string, instanceId: string): Promise<string> =>
  (await waitingTask(guard, element, instanceId)).id as string;
/** The elements of the waiting tasks that the user sees. */
const seenBy = async (guard: Guard, user: UserInfo): Promise<unknown[]> =>
  (await guard.api.data.getPendingUserTasks({}, user)).map(({ elementId }) => elementId).sort();
async function does(guard: Guard, user: UserInfo, taskId: string): Promise<void> {
  await guard.api.tasks.take(taskId, user);
  await guard.api.tasks.complete(taskId, {}, user);
}

onStores('separation of duties', (kind) => {
  const guards = new Guards(kind);
  const open = async (
    source: string,
    duties: Readonly<Record<string, unknown>>,
    more = {},
  ): Promise<Guard> => {
    const guard = await guards.make({ models: { M: source }, ...more });
    for (const [name, duty] of Object.entries(duties)) await dutiesOf(guard).save(name, duty as never);
    return guard;
  };

  test('who did one task neither sees, takes nor gets the other; another does', async () => {
    const guard = await open(SEQUENCE, { apart: APART });
    const id = await started(guard);
    await does(guard, kim, await idOf(guard, 'A', id));
    const b = await idOf(guard, 'B', id);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([[], ['B']]);
    expect(await guard.api.tasks.count(undefined, kim)).toBe(0);
    expect(await refusal(guard.api.tasks.take(b, kim))).toMatchObject({ code: 'not-found' });
    expect(await refusal(guard.api.tasks.assign(b, 'kim', lee))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('B and A must be done by different people') as unknown,
    });
    await guard.api.tasks.take(b, lee);
    expect(await refusal(guard.api.tasks.delegate(b, 'kim', lee))).toMatchObject({ code: 'forbidden' });
    expect(
      await refusal(guard.api.engine.assign({ id, 'items.id': b }, {}, { assignee: 'kim' }, lee)),
    ).toMatchObject({ code: 'forbidden' });
    expect(await refusal(guard.api.tasks.assign(b, 'kim', ADMIN_USER))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.complete(b, {}, lee);
  });

  test('it holds in parallel too, until the task is given back, and counts for tasks that existed before', async () => {
    const guard = await open(AT_ONCE, {});
    const id = await started(guard);
    const [a, b] = [await idOf(guard, 'A', id), await idOf(guard, 'B', id)];
    await guard.api.tasks.take(a, kim);
    await dutiesOf(guard).save('apart', APART);
    expect(await seenBy(guard, kim)).toEqual(['A']);
    expect(await refusal(guard.api.tasks.take(b, kim))).toMatchObject({ code: 'not-found' });
    await guard.api.tasks.release(a, kim);
    expect(await seenBy(guard, kim)).toEqual(['A', 'B']);
    await guard.api.tasks.take(b, kim);
    expect(await refusal(guard.api.tasks.take(a, kim))).toMatchObject({ code: 'not-found' });
    // Lent, it is still that person's, and the borrower's.
    await guard.api.tasks.delegate(b, 'lee', kim);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['B'], ['B']]);
    expect(await refusal(guard.api.tasks.assign(a, 'lee', mia))).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.resolve(b, lee);
    await guard.api.tasks.complete(b, {}, kim);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([[], ['A']]);
  });

  test('two parallel tasks that one person takes at once: one is taken', async () => {
    const guard = await open(AT_ONCE, { apart: APART });
    for (let round = 0; round < 2 * CASES; round++) {
      const id = await started(guard);
      const ids = [await idOf(guard, 'A', id), await idOf(guard, 'B', id)];
      const taken = await Promise.allSettled(ids.map((one) => guard.api.tasks.take(one, kim)));
      expect(taken.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    }
  });

  test('of two tasks that the model gave to one person, completed at once, one is completed', async () => {
    const guard = await open(
      model([
        start(),
        parallel('p', [task('A', { assignee: 'kim' })], [task('B', { assignee: 'kim' })]),
        end(),
      ]),
      { apart: APART },
    );
    const id = await started(guard);
    const ids = [await idOf(guard, 'A', id), await idOf(guard, 'B', id)];
    const done = await Promise.allSettled(ids.map((one) => guard.api.tasks.complete(one, {}, kim)));
    expect(done.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect(await seenBy(guard, kim)).toEqual([]);
    // What is left is for an administrator to give to somebody else.
    const [left] = await guard.api.data.getPendingUserTasks({}, ADMIN_USER);
    await guard.api.tasks.assign(left?.id as string, 'lee', ADMIN_USER);
    await guard.api.tasks.complete(left?.id as string, {}, lee);
  });

  test('each vote of a task with several instances is another person; at once too', async () => {
    const guard = await open(VOTES, { votes: { duty: 'distinct', model: 'M', tasks: ['V'] } });
    const id = await started(guard, { voters: ['1', '2', '3'] });
    const votes = (
      await guard.api.data.findItems({ id, 'items.status': 'wait', 'items.elementId': 'V' }, ADMIN_USER)
    ).map((item) => item.id as string);
    expect(votes.length).toBe(3);
    const [first, second, third] = votes as [string, string, string];
    const taken = await Promise.allSettled(votes.map((vote) => guard.api.tasks.take(vote, kim)));
    expect(taken.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    const [mine] = await guard.api.data.getPendingUserTasks({}, kim);
    await guard.api.tasks.complete(mine?.id as string, {}, kim);
    expect(await seenBy(guard, kim)).toEqual([]);
    for (const vote of [first, second, third].filter((one) => one !== mine?.id))
      expect(await refusal(guard.api.tasks.take(vote, kim))).toMatchObject({ code: 'not-found' });
    expect((await seenBy(guard, lee)).length).toBe(2);
  });

  test('only who did one does the other; who started does neither', async () => {
    const guard = await open(SEQUENCE, {
      together: { duty: 'must-be-who-did', model: 'M', task: 'B', did: 'A' },
      starter: { duty: 'not-initiator', model: 'M' },
    });
    const id = await started(guard);
    const a = await idOf(guard, 'A', id);
    expect([await seenBy(guard, mia), await seenBy(guard, kim)]).toEqual([[], ['A']]);
    expect(await refusal(guard.api.tasks.assign(a, 'mia', kim))).toMatchObject({ code: 'forbidden' });
    await does(guard, kim, a);
    expect([await seenBy(guard, mia), await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([
      [],
      ['B'],
      [],
    ]);
    await does(guard, kim, await idOf(guard, 'B', id));
  });

  test('a task that an event cut off was done by nobody, and forbids nothing', async () => {
    const guard = await open(
      model(
        [
          start(),
          task('A', STAFF),
          boundary('cut', 'A', message('stop'), true, [task('B', STAFF), end('cut_end')]),
          end(),
        ],
        { messages: ['stop'] },
      ),
      { apart: APART },
    );
    const id = await started(guard);
    await guard.api.tasks.take(await idOf(guard, 'A', id), kim);
    await guard.api.engine.throwMessage('stop', {}, { id }, ADMIN_USER);
    expect([await seenBy(guard, kim), await seenBy(guard, lee)]).toEqual([['B'], ['B']]);
  });

  test('a condition is evaluated on the current data', async () => {
    const guard = await open(SEQUENCE, { large: { ...APART, when: { 'data.amount': { $gt: 1000 } } } });
    const [small, large, unsaid] = [
      await started(guard, { amount: 10 }),
      await started(guard, { amount: 5000 }),
      await started(guard, { amount: '5000' }),
    ];
    for (const id of [small, large, unsaid]) await does(guard, kim, await idOf(guard, 'A', id));
    const rows = await guard.api.data.getPendingUserTasks({}, kim);
    expect(rows.map(({ instanceId }) => instanceId)).toEqual([small]);
  });

  test('an administrator overrides a duty, which the audit trail says, and obeys a strict one', async () => {
    const guard = await open(SEQUENCE, { apart: APART });
    const overrides = async () => {
      const found = await guard.store.audit.find({ limit: 100 });
      return found.flatMap(({ operation, overrides: names }) =>
        names === undefined ? [] : [[operation, names]],
      );
    };
    const ids = [await started(guard), await started(guard)] as const;
    for (const id of ids) await guard.api.tasks.complete(await idOf(guard, 'A', id), {}, ADMIN_USER);
    expect(await overrides()).toEqual([]);
    const b = await idOf(guard, 'B', ids[0]);
    await guard.api.tasks.assign(b, 'admin', ADMIN_USER);
    await guard.api.tasks.complete(b, {}, ADMIN_USER);
    expect(await overrides()).toEqual([
      ['task:execute', ['apart']],
      ['task:assign', ['apart']],
    ]);
    await dutiesOf(guard).save('apart', { ...APART, strict: true });
    const strict = await idOf(guard, 'B', ids[1]);
    expect(await seenBy(guard, ADMIN_USER)).toEqual(['B']);
    for (const work of [
      () => guard.api.tasks.complete(strict, {}, ADMIN_USER),
      () => guard.api.tasks.take(strict, ADMIN_USER),
      () => guard.api.tasks.assign(strict, 'admin', ADMIN_USER),
    ])
      expect(await refusal(work())).toMatchObject({ code: 'forbidden' });
    await guard.api.tasks.assign(strict, 'kim', ADMIN_USER);
    await guard.api.tasks.complete(strict, {}, kim);
  });

  test('with a directory, the person who gets a task is looked up; an administrator may get it, as an override', async () => {
    const people = [kim, lee, mia, ADMIN_USER, person('boss', 'ADMIN')];
    const directory = { find: async (name: string) => people.find(({ userName }) => userName === name) };
    const guard = await open(SEQUENCE, { apart: APART }, { directory });
    const id = await started(guard);
    await does(guard, person('boss'), await idOf(guard, 'A', id));
    const b = await idOf(guard, 'B', id);
    await guard.api.tasks.take(b, lee);
    expect(await refusal(guard.api.tasks.assign(b, 'nobody', lee))).toMatchObject({ code: 'bad-assignment' });
    await guard.api.tasks.assign(b, 'boss', lee);
    const [last] = await guard.store.audit.find({ limit: 1 });
    expect(last).toMatchObject({ userName: 'lee', operation: 'task:assign', overrides: ['apart'] });
    await dutiesOf(guard).save('apart', { ...APART, strict: true });
    expect(await refusal(guard.api.tasks.complete(b, {}, person('boss')))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusal(guard.api.tasks.assign(b, 'boss', ADMIN_USER))).toMatchObject({ code: 'forbidden' });
  });

  test('saving names what is unknown, needs system:policy, and takes a version to be changed', async () => {
    const guard = await open(SEQUENCE, {});
    const save = (duty: object, options = {}) => refusal(dutiesOf(guard).save('d', duty as never, options));
    expect(await save({ ...APART, model: 'N' })).toMatchObject({
      code: 'bad-policy',
      message: expect.stringContaining('There is no model "N". ') as unknown,
    });
    expect(await save({ ...APART, task: 'b' })).toMatchObject({
      code: 'bad-policy',
      message: expect.stringContaining('has no "b". Did you mean B?') as unknown,
    });
    expect(await save({ ...APART, did: 'start' })).toMatchObject({
      message: expect.stringContaining('has "start" as a bpmn:StartEvent') as unknown,
    });
    expect(await refusal(guard.as(kim).policies.duties.save('d', APART))).toMatchObject({
      code: 'forbidden',
    });
    expect(await refusal(guard.as(kim).policies.duties.list())).toMatchObject({ code: 'forbidden' });
    expect(await dutiesOf(guard).save('d', { ...APART, model: 'N' }, { allowUnknownModels: true })).toEqual({
      version: 1,
    });
    expect(await refusal(dutiesOf(guard).save('e', APART, { expectedVersion: 0 }))).toMatchObject({
      code: 'conflict',
    });
    expect(await dutiesOf(guard).list()).toEqual([{ name: 'd', ...APART, model: 'N' }]);
    expect(await dutiesOf(guard).remove('d', { reason: 'no longer' })).toEqual({ version: 2 });
    expect(await refusal(dutiesOf(guard).remove('d'))).toMatchObject({ code: 'not-found' });
    const change = { kind: 'duty', id: 'd', value: { ...APART, task: 'Z' } };
    expect(await refusal(guard.as(ADMIN_USER).policies.apply([change]))).toMatchObject({
      code: 'bad-policy',
    });
  });
});
