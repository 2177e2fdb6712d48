import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import {
  call,
  end,
  lanes,
  model,
  start,
  subProcess,
  task,
  type Lanes,
  type ModelOptions,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ALL = ['start', 't', 'end'];
const STRANGER = person('stranger', 'strangers');

const inLanes = (set: Lanes, options: ModelOptions = {}): string =>
  model([start(), task('t'), end()], { inner: lanes(set), ...options });
const inPool = (pool: string): string => model([start(), task('t'), end()], { pool });

/** A task in a sub-process that has lanes of its own. */
const nested = (inner: Lanes, outer: Lanes): string =>
  model(
    [start(), subProcess('sub', [start({}, '', 'in'), task('t'), end('out')], lanes(inner, 'own')), end()],
    { inner: lanes(outer) },
  );

onStores('The role of a task and of a start', (kind) => {
  const guards = new Guards(kind);

  async function saved(source: string): Promise<Guard> {
    const guard = await guards.make();
    await guard.api.model.save('M', source, null, ADMIN_USER);
    return guard;
  }
  const refusedTo = async (guard: Guard, user: typeof STRANGER): Promise<void> =>
    expect(await refusal(guard.api.engine.start('M', {}, user))).toMatchObject({ code: 'not-found' });

  const NAMED: readonly (readonly [what: string, source: string, role: string])[] = [
    ['the innermost of nested lanes', inLanes({ house: { clerks: ALL } }), 'clerks'],
    ['the outer lane where the inner has no name', inLanes({ house: { '': ALL } }), 'house'],
    ['the outer lane where the name of the inner is blank', inLanes({ house: { ' \n ': ALL } }), 'house'],
    ...['\u00a0', '\u200b', '\u2060\u00ad', '\u202e \u202c', '\ufeff\u3164\u2800'].map(
      (hidden) =>
        [
          `the outer lane where nobody sees the name of the inner, ${JSON.stringify(hidden)}`,
          inLanes({ house: { [hidden]: ALL } }),
          'house',
        ] as const,
    ),
    [
      'the pool where nobody sees the names of its lanes',
      inLanes({ '\u200b': ALL }, { pool: 'staff' }),
      'staff',
    ],
    ['the inner lane where the outer has no name', inLanes({ '': { clerks: ALL } }), 'clerks'],
    ['the lane before its pool', inLanes({ clerks: ALL }, { pool: 'staff' }), 'clerks'],
    ['the pool where there are no lanes', inPool('staff'), 'staff'],
    ['the pool where its lanes have no names', inLanes({ '': ALL }, { pool: 'staff' }), 'staff'],
    ['the pool where no lane refers to it', inLanes({ others: [] }, { pool: 'staff' }), 'staff'],
    ['a name with a comma, whole', inLanes({ 'Clerks, senior': ALL }), 'Clerks, senior'],
    [
      'a name with repeated blanks and a line break',
      inLanes({ '  Senior \n  clerks ': ALL }),
      'Senior clerks',
    ],
    [
      'a name with a line break that is escaped',
      inLanes({ 'Senior LF clerks': ALL }).replace('LF', '&#10;'),
      'Senior clerks',
    ],
  ];
  test.each(NAMED)('is %s', async (_what, source, role) => {
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toEqual([]);
    // Neither a stranger nor a group that is named by a part of it.
    const others = [
      STRANGER,
      ...role
        .split(/, ?| /)
        .filter((part) => part !== role)
        .map((part) => person('p', part)),
    ];
    for (const other of others) await refusedTo(guard, other);
    const member = person('member', role);
    const { id, status } = await guard.api.engine.start('M', {}, member);
    expect(status).toBe('running');
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: [role], state: 'unclaimed' });
    expect(await guard.api.data.getPendingUserTasks({}, person('colleague', role))).toMatchObject([
      { elementId: 't' },
    ]);
    for (const other of others) expect(await guard.api.data.getPendingUserTasks({}, other)).toEqual([]);
  });

  test.each([
    ['its own lanes', nested({ team: ['t'] }, { clerks: ['start', 'sub', 'end'] }), 'team'],
    [
      'the lane around it where its own have no names',
      nested({ '': ['t'] }, { clerks: ['start', 'sub', 'end'] }),
      'clerks',
    ],
    [
      'the lane around it where none of its own refers to the task',
      nested({ team: ['in'] }, { clerks: ['start', 'sub', 'end'] }),
      'clerks',
    ],
  ])('in a sub-process is that of %s', async (_what, source, role) => {
    const guard = await saved(source);
    const { id } = await guard.api.engine.start('M', {}, person('member', 'clerks'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: [role] });
  });

  test.each([
    ['no lane refers to it and others have names', inLanes({ clerks: ['start', 'end'] })],
    ['its own lane has no name and others have', inLanes({ clerks: ['start', 'end'], '': ['t'] })],
    ['nobody sees the name of its own lane', inLanes({ clerks: ['start', 'end'], '\u2060': ['t'] })],
    [
      'its lane is called as everybody would be, by a star',
      inLanes({ clerks: ['start', 'end'], '*': ['t'] }),
    ],
  ])('is nobody’s for a task where %s, and the author is told', async (_what, source) => {
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toMatchObject([
      { element: 't', means: expect.stringMatching(/nobody/) },
    ]);
    const clerk = person('clerk', 'clerks');
    const { id } = await guard.api.engine.start('M', {}, clerk);
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: [], state: 'closed' });
    for (const user of [person('colleague', 'clerks'), STRANGER])
      expect(await guard.api.data.getPendingUserTasks({}, user)).toEqual([]);
    // Whoever started the instance sees that the task waits, and cannot take it either.
    const [task] = await guard.api.data.getPendingUserTasks({}, clerk);
    expect(await refusal(guard.api.tasks.take(task?.id ?? '', clerk))).toMatchObject({ code: 'forbidden' });
  });

  test.each([
    ['no lane refers to it and others have names', inLanes({ clerks: ['t', 'end'] })],
    ['its own lane has no name and others have', inLanes({ clerks: ['t', 'end'], '': ['start'] })],
    [
      'its lane is called as everybody would be, by a star',
      inLanes({ clerks: ['t', 'end'], '*': ['start'] }),
    ],
  ])('is nobody’s for a start event where %s, and the author is told', async (_what, source) => {
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toMatchObject([
      { element: 'start', means: expect.stringMatching(/nobody/) },
    ]);
    for (const user of [person('clerk', 'clerks'), STRANGER]) await refusedTo(guard, user);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: ['clerks'] });
  });

  const SPLIT: Lanes = { clerks: ['start', 't'], bosses: ['t', 'end'] };
  test.each<[what: string, source: string, names: string]>([
    ['two lanes beside each other hold it', inLanes(SPLIT), '"clerks", "bosses"'],
    ['two lanes within one lane hold it', inLanes({ house: SPLIT }, { pool: 'staff' }), '"clerks", "bosses"'],
    [
      'a lane and one within another lane hold it',
      inLanes({ house: { clerks: ['start', 't'] }, bosses: ['t', 'end'] }),
      '"clerks", "bosses"',
    ],
    [
      'a lane of each of two lane sets holds it',
      model([start(), task('t'), end()], {
        inner: lanes({ clerks: ALL }, 'one') + lanes({ Lisbon: ['t'] }, 'two'),
      }),
      '"clerks", "Lisbon"',
    ],
  ])('is nobody’s for a task where %s, and the author is told', async (_what, source, names) => {
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toEqual([
      {
        element: 't',
        found: `lanes or pools ${names}`,
        means: expect.stringMatching(/all of these are ignored, and it belongs to nobody/),
      },
    ]);
    const { id } = await guard.api.engine.start('M', {}, person('clerk', 'clerks'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: [], state: 'closed' });
    for (const group of ['clerks', 'bosses', 'house', 'staff', 'Lisbon'])
      expect(await guard.api.data.getPendingUserTasks({}, person('colleague', group))).toEqual([]);
  });

  test('gives the author a warning about the name, not about a missing lane', async () => {
    const guard = await guards.make();
    const warnings = await guard.api.model.check(
      inLanes({ clerks: ['start', 'end'], '*': ['t'] }),
      ADMIN_USER,
    );
    expect(warnings).toMatchObject([
      { found: 'a lane or pool "*"', means: expect.stringMatching(/^No group can have this name/) },
    ]);
  });

  test('is nobody’s for a start event in two lanes, and the author gets a warning', async () => {
    const source = inLanes({ clerks: ['start', 't'], bosses: ['start', 'end'] });
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toMatchObject([{ element: 'start' }]);
    for (const group of ['clerks', 'bosses']) await refusedTo(guard, person('one', group));
  });

  test.each([
    ['two lanes of one name hold it', { clerks: ['start', 't'], ' clerks': ['t', 'end'] }],
    ['a lane without a name holds it too', { clerks: ALL, '': ['t'] }],
    [
      'a lane without a name, within one that has another, holds it too',
      { house: { clerks: ALL, '': ['t'] } },
    ],
  ])('is the one name that there is for a task where %s', async (_what, set) => {
    const source = inLanes(set as Lanes);
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toEqual([]);
    const { id } = await guard.api.engine.start('M', {}, person('clerk', 'clerks'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: ['clerks'] });
  });

  test('leaves a task outside all lanes to the people whom the task itself names', async () => {
    const guard = await saved(
      model([start(), task('t', { assignee: 'ann' }), end()], { inner: lanes({ clerks: ['start', 'end'] }) }),
    );
    const { id } = await guard.api.engine.start('M', {}, person('clerk', 'clerks'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ assignee: 'ann', state: 'assigned' });
  });

  const pools = (names: readonly [own: string, other: string]): string =>
    inPool(names[0]).replace(
      '</bpmn:collaboration>',
      `<bpmn:participant id="other" name="${names[1]}" /></bpmn:collaboration>`,
    );
  test.each([
    ['none of its lanes has a name', inLanes({ '': ['start'], ' ': ['t', 'end'] })],
    ['its pool has no name', inPool('')],
    ['neither its lanes nor its pool have names', inLanes({ '': ALL }, { pool: ' ' })],
    ['only the pool of somebody else has a name', pools(['', 'Customer'])],
  ])('is none where %s: the task and the start are open', async (_what, source) => {
    const guard = await saved(source);
    expect(await guard.api.model.check(source, ADMIN_USER)).toEqual([]);
    expect((await guard.api.engine.start('M', {}, STRANGER)).status).toBe('running');
    expect(await guard.api.data.getPendingUserTasks({}, person('x'))).toMatchObject([{ state: 'open' }]);
  });

  test('of a caller starts the called process, whatever roles that has, and gives it none of its own', async () => {
    const child = model([start(), task('inner'), end()], {
      id: 'child',
      inner: lanes({ bosses: ['start', 'inner', 'end'] }),
    });
    const caller = model([start(), task('t'), call('c', 'Child'), end()], {
      inner: lanes({ clerks: ['start', 't', 'c', 'end'] }),
    });
    const guard = await guards.make({ models: { M: caller, Child: child } });
    const clerk = person('clerk', 'clerks');
    expect(await refusal(guard.api.engine.start('Child', {}, clerk))).toMatchObject({ code: 'not-found' });
    const { id } = await guard.api.engine.start('M', {}, clerk);
    const t = await waitingTask(guard, 't', id);
    await guard.api.tasks.take(t.id, clerk);
    await guard.api.tasks.complete(t.id, {}, clerk);
    const inner = await waitingTask(guard, 'inner');
    expect(inner).toMatchObject({ candidateGroups: ['bosses'], state: 'unclaimed' });
    expect(await guard.api.engine.get({ id: inner.instanceId as string }, ADMIN_USER)).toMatchObject({
      instance: { name: 'Child', startedBy: 'clerk' },
    });
    expect(await guard.api.data.getPendingUserTasks({}, clerk)).toEqual([]);
    expect(await guard.api.data.getPendingUserTasks({}, person('boss', 'bosses'))).toMatchObject([
      { elementId: 'inner' },
    ]);
  });
});
