import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, parallel, script, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ALICE = person('alice');
const BOB = person('bob');
const EVE = person('eve');

/** One task open to all beside one of alice's. */
const A = model([start(), parallel('p', [task('open')], [task('mine', { assignee: 'alice' })]), end()]);
const text = (bytes: number): string => 'x'.repeat(bytes);
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String(i).padEnd(2000, 'x'));

onStores('Data that callers add to an instance', (kind) => {
  const guards = new Guards(kind);

  async function begun() {
    const guard = await guards.make({ models: { A } });
    const { id } = await guard.api.engine.start('A', {}, ALICE);
    const taskOf = async (elementId: string): Promise<string> => {
      const [found] = await guard.api.data.getPendingUserTasks(
        { id, 'items.elementId': elementId },
        ADMIN_USER,
      );
      if (found === undefined) throw new Error(`There is no ${elementId}.`);
      return found.id;
    };
    const [open, mine] = [await taskOf('open'), await taskOf('mine')];
    const assign = (assignment: Record<string, unknown>, user = EVE) =>
      guard.api.engine.assign({ 'items.id': open }, {}, assignment, user);
    return { guard, id, open, mine, assign };
  }

  test('as candidates: a caller who adds too many is refused, everybody else continues, and an administrator cleans up', async () => {
    const { guard, open, mine, assign } = await begun();
    expect(await refusal(assign({ candidateUsers: names(500) }))).toMatchObject({
      code: 'too-large',
      status: 413,
    });
    for (let i = 0; i < 3; i++) await assign({ candidateUsers: [...names(100), 'eve'] });
    expect(await refusal(assign({ candidateGroups: names(200) }))).toMatchObject({ code: 'too-large' });
    expect((await guard.api.tasks.complete(mine, { approved: true }, ALICE)).status).toBe('running');
    await guard.api.engine.assign({ 'items.id': open }, {}, { candidateUsers: [] }, ADMIN_USER);
    expect((await guard.api.tasks.complete(open, {}, ADMIN_USER)).status).toBe('end');
  });

  test('as fields of their own: however many calls there are, an instance does not grow without end', async () => {
    const { guard, mine, assign } = await begun();
    const round = (n: number): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${n}_${i}`, text(2000)]));
    let refused: unknown;
    let calls = 0;
    for (; refused === undefined && calls < 12; calls++)
      refused = await assign(round(calls)).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toMatchObject({ code: 'too-large', status: 413 });
    expect(calls).toBeGreaterThan(3);
    expect((await guard.api.tasks.complete(mine, {}, ALICE)).status).toBe('running');
  });

  test('as data: who fills it is refused; who completes a form is not', async () => {
    const { guard, open, mine } = await begun();
    await guard.api.tasks.take(open, EVE);
    const put = (name: string, bytes: number) =>
      guard.api.engine.assign({ 'items.id': open }, { [name]: text(bytes) }, { priority: 1 }, EVE);
    await put('a', 3_000_000);
    expect(await refusal(put('b', 2_000_000))).toMatchObject({ code: 'too-large', status: 413 });
    await put('a', 3_000_000);
    await put('c', 1_100_000);
    expect(await refusal(put('d', 200_000))).toMatchObject({ code: 'too-large', status: 413 });
    const done = await guard.api.tasks.complete(mine, { approved: true }, ALICE);
    expect(done.data).toMatchObject({ approved: true });
    expect(done.data).not.toHaveProperty('b');
  });

  test('as variables of a task: they are data of the instance like any other', async () => {
    const { guard, open, mine } = await begun();
    await guard.api.tasks.take(open, EVE);
    const put = (name: string, bytes: number) =>
      guard.api.engine.assign({ 'items.id': open }, { [name]: text(bytes) }, { priority: 1 }, EVE);
    await put('vars.a', 3_000_000);
    expect(await refusal(put('vars.b', 2_000_000))).toMatchObject({ code: 'too-large', status: 413 });
    expect(await refusal(put('c', 2_000_000))).toMatchObject({ code: 'too-large', status: 413 });
    expect((await guard.api.tasks.complete(mine, { approved: true }, ALICE)).data).toEqual({
      approved: true,
    });
  });

  test('little by little, has an end for each of them', async () => {
    const { guard, id, open } = await begun();
    await guard.api.tasks.take(open, EVE);
    const put = (name: string, bytes: number) =>
      guard.api.engine.assign({ 'items.id': open }, { [name]: text(bytes) }, { priority: 1 }, EVE);
    await put('a', 3_900_000);
    const [first] = await guard.store.instances.find({ filter: { id } });
    expect(first?.guard?.added).toMatchObject([{ userName: 'eve' }]);
    let refused: unknown;
    for (let i = 0; refused === undefined && i < 40; i++)
      refused = await put(`s${i}`, 15_000).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('One caller') as string,
    });
    expect((await guard.api.tasks.complete(open, { a: 0 }, ADMIN_USER)).status).toBe('running');
  });
});

onStores('What adds up with the steps of an instance', (kind) => {
  const guards = new Guards(kind);
  /** A task open to all that comes again whenever it is completed. */
  const AGAIN = model([
    start(),
    task('again'),
    { id: 'back', flow: false, xml: '<bpmn:sequenceFlow id="back" sourceRef="again" targetRef="again" />' },
  ]);

  test('counts against a caller who repeats a loop; everybody else continues, and so does an administrator', async () => {
    const guard = await guards.make({ models: { AGAIN }, instanceLimits: { caller: 4_000 } });
    const { id } = await guard.api.engine.start('AGAIN', {}, ALICE);
    const round = async (user: ReturnType<typeof person>): Promise<unknown> => {
      const [item] = await guard.api.data.getPendingUserTasks({ id }, ADMIN_USER);
      if (user !== ADMIN_USER) await guard.api.tasks.take(item?.id as string, user);
      return guard.api.tasks.complete(item?.id as string, {}, user).then(
        () => undefined,
        (error: unknown) => error,
      );
    };
    let refused: unknown;
    let rounds = 0;
    for (; refused === undefined && rounds < 50; rounds++) refused = await round(EVE);
    expect(refused).toMatchObject({
      code: 'too-large',
      status: 413,
      message: 'One caller may add at most 4000 bytes to an instance.',
    });
    expect(rounds).toBeGreaterThan(5);
    expect(await round(ADMIN_USER)).toBeUndefined();
    expect(await round(BOB)).toBeUndefined();
    expect(await round(EVE)).toMatchObject({ code: 'too-large' });
    const [stored] = await guard.store.instances.find({ filter: { id } });
    expect(stored?.guard?.added).toMatchObject([{ userName: 'eve' }, { userName: 'bob' }]);
  });
});

onStores('An instance that its model makes too large', (kind) => {
  const guards = new Guards(kind);
  const W = model([
    start(),
    task('t', { assignee: 'bob' }),
    script('grow', "this.data.big = 'x'.repeat(11000000)"),
    end(),
  ]);

  test('is refused with its own cause, and stays as it was', async () => {
    const guard = await guards.make({ models: { W } });
    const { id } = await guard.api.engine.start('W', {}, BOB);
    const [item] = await guard.api.data.getPendingUserTasks({ id }, BOB);
    expect(await refusal(guard.api.tasks.complete(item?.id as string, {}, BOB))).toMatchObject({
      code: 'instance-full',
      status: 409,
    });
    expect(await guard.api.data.getPendingUserTasks({ id }, BOB)).toHaveLength(1);
  });
});

onStores('An instance that has ended', (kind) => {
  const guards = new Guards(kind);

  test('admits no command: 409, not a failure', async () => {
    const T = model([start(), task('t', { assignee: 'bob' }), end()]);
    const guard = await guards.make({ models: { T } });
    const { id, items } = await guard.api.engine.start('T', {}, BOB);
    const item = items.find(({ elementId }) => elementId === 't')?.id as string;
    await guard.api.tasks.complete(item, {}, BOB);
    const { engine } = guard.api;
    for (const call of [
      () => engine.startEvent(id, 'start', {}, ADMIN_USER),
      () => engine.invoke({ 'items.id': item }, {}, ADMIN_USER),
      () => engine.assign({ 'items.id': item }, {}, { assignee: 'eve' }, ADMIN_USER),
    ])
      expect(await refusal(call())).toMatchObject({ code: 'wrong-state', status: 409 });
  });
});
