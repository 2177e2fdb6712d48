import type { EventEmitter } from 'node:events';
import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type LogLine } from '../support/guards.js';
import { end, listener, model, parallel, service, start, subProcess, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const [ann, eve] = [person('ann'), person('eve', 'hr')];
type Payload = { context: { item: Record<string, unknown> } };
type Handler = (payload: Payload) => unknown;

onStores('A task that its model restricts to nobody', (kind) => {
  const guards = new Guards(kind);
  const onlyTask = model([start(), task('t'), end()]);
  const listening = (guard: Guard, event: string, handler: Handler): void => {
    const { listener: emitter } = guard.server as unknown as { listener: EventEmitter };
    emitter.on(event, (payload: Payload) =>
      payload.context.item?.elementId === 't' ? handler(payload) : undefined,
    );
  };
  const seen = async (guard: Guard): Promise<unknown[]> =>
    (await guard.api.data.getPendingUserTasks({}, eve)).map(({ elementId }) => elementId);
  const started = async (guard: Guard): Promise<Record<string, unknown>> => {
    const { id } = await guard.api.engine.start('M', {}, ann);
    return (await waitingTask(guard, 't', id)) as unknown as Record<string, unknown>;
  };

  const SET: Record<string, [script: string, state: string, readers: string[]]> = {
    'an assignee': ["item.assignee = 'bob'", 'assigned', []],
    candidates: ["item.candidateUsers = ['bob', 'bob']", 'unclaimed', []],
    'groups in one text': ["item.candidateGroups = 'it, hr'", 'unclaimed', ['t']],
    'an assignee, after a while': ["await 1; item.assignee = 'bob'", 'assigned', []],
    'nobody, as a list': ['item.candidateUsers = []', 'closed', []],
    'nobody, as null': ['item.assignee = null', 'closed', []],
    'nobody, as undefined': ['item.assignee = data.manager', 'closed', []],
    'candidates, as undefined': ['item.candidateGroups = undefined', 'closed', []],
    'nobody, as an empty text': ["item.assignee = ''", 'closed', []],
    'a group without a name': ["item.candidateGroups = ['']", 'closed', []],
    'several assignees': ["item.assignee = 'bob,eve'", 'closed', []],
    'nothing at all': ['item.vars = { seen: true }', 'open', ['t']],
  };

  test.each(Object.entries(SET))(
    'is what a listener of wait in the model makes of it: %s',
    async (_what, expected) => {
      const [text, state, readers] = expected;
      const guard = await guards.make({
        models: { M: model([start(), task('t', {}, listener('wait', text)), end()]) },
      });
      expect((await started(guard)).state).toBe(state);
      expect(await seen(guard)).toEqual(readers);
    },
  );

  test.each(
    Object.entries(SET).flatMap(([what, expected]) =>
      ['enter', 'start'].map((event) => ({ what, event, expected })),
    ),
  )('is what a listener of $event in the model makes of it: $what', async ({ event, expected }) => {
    const [text, state, readers] = expected;
    const guard = await guards.make({
      models: { M: model([start(), task('t', {}, listener(event, text)), end()]) },
    });
    const found = await started(guard);
    expect(found.state).toBe(state);
    if (state === 'closed') expect(found.why).toMatch(/a listener assigned it to nobody$/);
    expect(await seen(guard)).toEqual(readers);
  });

  test.each(['start', 'wait'])(
    'is closed where a listener of the application assigns the undefined at %s',
    async (event) => {
      const guard = await guards.make({ models: { M: onlyTask } });
      listening(guard, event, ({ context: { item } }) => void (item.assignee = undefined));
      expect(await started(guard)).toMatchObject({
        state: 'closed',
        why: 'a listener assigned it to nobody',
      });
      expect(await seen(guard)).toEqual([]);
    },
  );

  const HANDLERS: [what: string, event: string, handler: Handler][] = [
    ['at once', 'wait', ({ context: { item } }) => void (item.assignee = 'bob')],
    ['at once, listening for all', 'all', ({ context: { item } }) => void (item.assignee = 'bob')],
    [
      'after a while',
      'wait',
      async ({ context: { item } }) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        item.assignee = 'bob';
      },
    ],
  ];

  test.each(HANDLERS)('is assigned by a listener of the application, %s', async (_what, event, handler) => {
    const guard = await guards.make({ models: { M: onlyTask } });
    listening(guard, event, handler);
    expect(await started(guard)).toMatchObject({ state: 'assigned', assignee: 'bob' });
    expect(await seen(guard)).toEqual([]);
  });

  test('is closed, with the reason, where a listener does not come to an end', async () => {
    const { guard, log }: { guard: Guard; log: LogLine[] } = await guards.open({ models: { M: onlyTask } });
    listening(guard, 'wait', () => new Promise(() => undefined));
    expect(await started(guard)).toMatchObject({
      state: 'closed',
      why: 'a listener that may assign it did not end',
    });
    expect(await seen(guard)).toEqual([]);
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  const FAILING: [what: string, handler: Handler][] = [
    ['is rejected', async () => Promise.reject(new Error('directory down'))],
    [
      'is rejected after a while',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        throw new Error('directory down');
      },
    ],
    [
      'throws',
      () => {
        throw new Error('directory down');
      },
    ],
  ];
  test.each(FAILING)('is never open where a listener that may assign it %s', async (_what, handler) => {
    const { guard, log } = await guards.open({ models: { M: onlyTask } });
    listening(guard, 'wait', handler);
    const begun = await guard.api.engine.start('M', {}, ann).catch((error: Error) => error);
    expect(await seen(guard)).toEqual([]);
    // One that throws at once makes the command fail.
    if (begun instanceof Error) return;
    expect(await waitingTask(guard, 't', begun.id)).toMatchObject({
      state: 'closed',
      why: 'a listener that may assign it failed',
    });
    expect(log.filter(({ level }) => level === 'error')).not.toEqual([]);
  });

  test('stays open where a listener fails that was told of another element', async () => {
    const guard = await guards.make({ models: { M: onlyTask } });
    const { listener: emitter } = guard.server as unknown as { listener: EventEmitter };
    emitter.on('all', async ({ context }: Payload) => {
      if (context.item?.elementId === 'start') throw new Error('mail server down');
    });
    expect(await started(guard)).toMatchObject({ state: 'open' });
  });

  test('stays what it was: open after it was taken and given back, closed after it was assigned and given back', async () => {
    const guard = await guards.make({
      models: {
        M: onlyTask,
        Set: model([start(), task('t', {}, listener('wait', "item.assignee = 'ann'")), end()]),
      },
    });
    const { id } = await started(guard);
    await guard.api.tasks.take(id as string, ann);
    await guard.api.tasks.release(id as string, ann);
    expect(await seen(guard)).toEqual(['t']);
    const set = await guard.api.engine.start('Set', {}, person('bob'));
    const task2 = await waitingTask(guard, 't', set.id);
    await guard.api.tasks.release(task2.id, ann);
    expect(await waitingTask(guard, 't', set.id)).toMatchObject({ state: 'closed' });
    expect((await refusal(guard.api.tasks.take(task2.id, eve))).code).toBe('not-found');
  });

  test('is decided in called parts and in the background too', async () => {
    const guard = await guards.make({
      services: { pause: () => new Promise((resolve) => setTimeout(resolve, 100)) },
      models: {
        M: model([
          start(),
          parallel(
            'p',
            [task('t')],
            [subProcess('sub', [start({}, '', 'in'), task('u'), end('out')])],
            [service('s', 'pause'), task('v')],
          ),
          end(),
        ]),
      },
    });
    const view = await guard.api.engine.start('M', {}, ann, { noWait: true });
    await view.tillDone();
    expect((await seen(guard)).sort()).toEqual(['t', 'u', 'v']);
    expect(JSON.stringify(await guard.store.instances.load(view.id))).not.toContain('undecided');
    expect((await guard.api.data.getPendingUserTasks({}, ADMIN_USER)).map(({ state }) => state)).toEqual([
      'open',
      'open',
      'open',
    ]);
  });
});
