import type { Guard, Operation, Resource } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type TestGuard } from '../../support/guards.js';
import { end, message, model, start, task } from '../../support/models.js';

const AN_OBJECT = /must be an object such as/;

describe('A question about one resource', () => {
  const guards = new Guards('embedded');

  test('names it in an object; a bare id or another name is refused and not taken for a missing resource', async () => {
    const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
    const { id: instanceId } = await guard.api.engine.start('M', {}, ADMIN_USER);
    const { id } = await waitingTask(guard, 't');
    for (const [operation, resource] of [
      ['task:read', { item: { id } }],
      ['instance:read', { instance: { id: instanceId } }],
      ['model:read', { model: { name: 'M' } }],
    ] as const)
      expect(await guard.can(ADMIN_USER, operation, resource)).toBe(true);
    for (const [operation, resource, message = AN_OBJECT] of [
      ['task:read', { itm: { id } }, /no part "itm"\. Did you mean item\?/],
      ['task:read', { task: { id } }, /no part "task"\. Known are item, instance, model, start\./],
      ['task:read', { item: id }],
      ['task:read', id],
      ['task:read', [{ item: { id } }]],
      ['task:read', { item: null }],
      ['task:read', { item: { id }, instance: instanceId }],
      ['instance:read', { instance: instanceId }],
      ['model:read', { model: 'M' }],
      ['instance:start', { model: { name: 'M' }, start: 'start' }],
    ] as const satisfies readonly (readonly [Operation, unknown, RegExp?])[])
      for (const ask of [guard.can, guard.explain])
        expect(await refusal(ask(ADMIN_USER, operation, resource as Resource))).toMatchObject({
          code: 'bad-request',
          message: expect.stringMatching(message) as unknown,
        });
  });
});

describe('A question that cannot be answered', () => {
  const guards = new Guards('embedded');
  const ann = person('ann');
  const asked = async (broken: boolean): Promise<TestGuard & { item: string; fails: { now: boolean } }> => {
    const fails = { now: false };
    const made = await guards.open({
      models: { M: model([start(), task('t', { assignee: 'ann' }), end()]) },
      directory: {
        find: async (userName) => {
          if (fails.now && !broken) throw new Error('no route');
          return { userName, userGroups: userName === 'admin' ? ['ADMIN'] : [] };
        },
        onChanged: (tell) => {
          forget = tell;
          return () => undefined;
        },
      },
      policies: [
        {
          name: 'broken',
          answer: () => {
            if (fails.now && broken) throw new Error('no table');
            return {};
          },
        },
      ],
    });
    await made.guard.api.engine.start('M', {}, ann);
    const item = (await waitingTask(made.guard, 't')).id;
    fails.now = true;
    forget?.('ann');
    return { ...made, item, fails };
  };
  let forget: ((userName: string) => void) | undefined;

  test.each<[what: string, broken: boolean, code: string]>([
    ['a policy that fails', true, 'could-not-tell'],
    ['a directory that fails', false, 'store-unavailable'],
  ])('is a failure in the audit trail, because of %s', async (_what, broken, code) => {
    const { guard, item, fails } = await asked(broken);
    const resource = { item: { id: item } };
    for (const ask of [guard.can, guard.explain])
      expect(await refusal(ask(ann, 'task:take', resource))).toMatchObject({ code, status: 503 });
    const failed = {
      operation: 'task:take',
      resource: { kind: 'task', id: item },
      answer: 'failed',
      reason: code,
    };
    expect(await guard.store.audit.find({ answer: 'failed', limit: 9 })).toMatchObject([failed, failed]);
    fails.now = false;
    expect(await guard.can(ann, 'task:delegate', resource)).toBe(true);
    expect(await guard.can(person('eve'), 'task:take', resource)).toBe(false);
    expect(await guard.store.audit.find({ limit: 9, answer: 'refused' })).toEqual([]);
  });

  test('is a decision about a right', async () => {
    const { guard } = await asked(false);
    expect((await refusal(guard.can(ann, 'Todo:Process'))).code).toBe('store-unavailable');
    expect(await guard.store.audit.find({ answer: 'failed', limit: 9 })).toMatchObject([
      { operation: 'Todo:Process', resource: { kind: 'system' }, reason: 'store-unavailable' },
    ]);
  });
});

describe('What a question finds', () => {
  const guards = new Guards('embedded');
  const [ann, eve] = [person('ann'), person('eve')];
  const MODELS = {
    M: model([start(), task('t', { candidateUsers: 'ann,bob' }), end()]),
    Two: model([start(), task('t'), end(), { ...start({}, '', 'late'), flow: false }]),
    Never: model([task('t', { candidateUsers: 'ann' }), end()]),
    Heard: model([start({}, message('begin')), end()], { messages: ['begin'] }),
  };
  const NONE = (kind: string) => ({
    code: 'not-found',
    message: `No such ${kind}, or it is not yours to see.`,
  });

  test('is the task of that id, in the instance that is named with it', async () => {
    const guard = await guards.make({ models: MODELS });
    const { id } = await guard.api.engine.start('M', {}, eve);
    const { id: other } = await guard.api.engine.start('M', {}, eve);
    const { id: item } = await waitingTask(guard, 't', id);
    for (const [resource, found] of [
      [{ item: { id: item } }, true],
      [{ item: { id: item }, instance: { id } }, true],
      [{ item: { id: item, instanceId: id } }, true],
      [{ item: { id: item }, instance: { id: other } }, false],
      [{ item: { id: item, instanceId: other } }, false],
      [{ item: { id: 'none' } }, false],
      [{ item: {} }, false],
      [{}, false],
    ] as const) {
      expect([resource, await guard.can(ann, 'task:take', resource)]).toEqual([resource, found]);
      const explained = guard.explain(ann, 'task:take', resource);
      if (found) expect(await explained).toMatchObject({ allowed: true, operation: 'task:take' });
      else expect(await refusal(explained)).toMatchObject(NONE('task'));
    }
    // A starter escalates what it does not read, and who has rejected a task takes that back.
    expect(await guard.explain(eve, 'task:escalate', { item: { id: item } })).toMatchObject({
      allowed: true,
    });
    expect(await refusal(guard.explain(eve, 'task:take', { item: { id: item } }))).toMatchObject(
      NONE('task'),
    );
    expect(await guard.can(ann, 'task:reject', { item: { id: item } })).toBe(true);
    await guard.api.tasks.reject(item, ann);
    expect(await guard.can(ann, 'task:reject', { item: { id: item } })).toBe(true);
    expect(await guard.can(ann, 'task:take', { item: { id: item } })).toBe(false);
    // It is hidden from who has rejected it, but for that.
    expect(await refusal(guard.explain(ann, 'task:take', { item: { id: item } }))).toMatchObject(
      NONE('task'),
    );
    expect(await guard.explain(ann, 'task:reject', { item: { id: item } })).toMatchObject({ allowed: true });
  });

  test('is the instance of that id, for its readers', async () => {
    const guard = await guards.make({ models: MODELS });
    const { id } = await guard.api.engine.start('M', {}, eve);
    expect(await guard.explain(eve, 'instance:cancel', { instance: { id } })).toMatchObject({
      allowed: false,
    });
    expect(await guard.explain(eve, 'instance:read', { instance: { id } })).toMatchObject({ allowed: true });
    for (const instance of [{ id: 'none' }, {}])
      expect(await refusal(guard.explain(eve, 'instance:read', { instance }))).toMatchObject(
        NONE('instance'),
      );
    expect(
      await refusal(guard.explain(person('zed'), 'instance:cancel', { instance: { id } })),
    ).toMatchObject(NONE('instance'));
  });

  test('is the model of that name, with the start event that is named or its first', async () => {
    const guard = await guards.make({ models: MODELS });
    const dee = person('dee', 'DESIGNER');
    const Two = { name: 'Two' };
    expect(await guard.explain(dee, 'model:write', { model: Two })).toMatchObject({ allowed: true });
    for (const given of [{ model: Two }, { model: Two, start: { elementId: 'late' } }])
      expect(await guard.can(ann, 'instance:start', given)).toBe(true);
    expect(await guard.can(ann, 'instance:start', { model: Two, start: { elementId: 'none' } })).toBe(false);
    expect(await guard.can(ADMIN_USER, 'instance:start', { model: { name: 'Never' } })).toBe(false);
    for (const start of [{ elementId: 'none' }, {}])
      expect(await refusal(guard.explain(dee, 'instance:start', { model: Two, start }))).toMatchObject(
        NONE('model'),
      );
    expect(await refusal(guard.explain(dee, 'model:write', { model: { name: 'None' } }))).toMatchObject(
      NONE('model'),
    );
    expect(await refusal(guard.explain(dee, 'model:write', { model: {} }))).toMatchObject(NONE('model'));
    expect(await guard.can(ADMIN_USER, 'instance:message', { model: { name: 'Heard' } })).toBe(true);
    expect(await guard.can(ADMIN_USER, 'instance:message', { model: { name: 'Never' } })).toBe(false);
  });

  test('is asserted for other enforcement points in the same way', async () => {
    const guard = await guards.make({ models: MODELS });
    const { id } = await guard.api.engine.start('M', {}, eve);
    const { id: item } = await waitingTask(guard, 't', id);
    const { require: assert } = guard.identity;
    await assert(ann, 'task:take', { item: { id: item } });
    await assert(eve, 'instance:read', { instance: { id } });
    await guard.api.tasks.reject(item, ann);
    await assert(ann, 'task:reject', { item: { id: item } });
    expect(await refusal(assert(ann, 'task:take', { item: { id: item } }))).toMatchObject(NONE('task'));
    expect(await refusal(assert(eve, 'instance:cancel', { instance: { id } }))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/^You may not do this \(instance:cancel\): /) as string,
    });
    for (const instance of [{ id: 'none' }, { id }])
      expect(await refusal(assert(person('zed'), 'instance:cancel', { instance }))).toMatchObject(
        NONE('instance'),
      );
    expect(await refusal(assert(ann, 'model:write', { model: { name: 'None' } }))).toMatchObject(
      NONE('model'),
    );
  });

  test('is nothing where an id is no text, whatever a store would make of it', async () => {
    const guard = await guards.make({ models: MODELS });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    for (const id of [{ $ne: null }, { $exists: true }, /./, 7, true, null] as never[])
      for (const [operation, resource] of [
        ['task:read', { item: { id } }],
        ['instance:read', { instance: { id } }],
        ['model:read', { model: { name: id } }],
        ['instance:start', { model: { name: 'M' }, start: { elementId: id } }],
      ] as const)
        expect([operation, await guard.can(ADMIN_USER, operation, resource)]).toEqual([operation, false]);
  });

  test('is the system, for what is about no resource', async () => {
    const guard = await guards.make();
    expect(await guard.explain(ann, 'system:audit', {})).toMatchObject({ allowed: false });
    expect(await guard.can(ADMIN_USER, 'system:audit', {})).toBe(true);
  });
});

describe('A question that cannot be asked', () => {
  const guards = new Guards('embedded');
  const said = async (question: (guard: Guard) => Promise<unknown>): Promise<string> => {
    const { code, message: says } = await refusal(question(await guards.make()));
    return `${code}: ${says}`;
  };
  const about = (given: unknown, operation: Operation = 'instance:data') =>
    said((guard) => guard.explain(ADMIN_USER, operation, {}, given as never));

  test.each<[given: unknown, says: string]>([
    [7, 'A resource must be an object such as { item: { id } }, got 7.'],
    [{ itm: {} }, 'A resource has no part "itm". Did you mean item?'],
    [{ item: 'a' }, 'The item of a resource must be an object such as { item: { id } }, got "a".'],
    [
      { instance: 'a' },
      'The instance of a resource must be an object such as { instance: { id } }, got "a".',
    ],
    [{ model: 'a' }, 'The model of a resource must be an object such as { model: { name } }, got "a".'],
    [{ start: 'a' }, 'The start of a resource must be an object such as { start: { elementId } }, got "a".'],
  ])('about %j says how a resource is named', async (given, says) => {
    expect(await said((guard) => guard.can(ADMIN_USER, 'task:read', given as Resource))).toBe(
      `bad-request: ${says}`,
    );
  });

  test('names the known parts of a question', async () => {
    expect(await about('CLOSE_CASE')).toBe(
      'bad-request: The question must be { caseOperation }, got "CLOSE_CASE".',
    );
    expect(await about({ caseOp: 'ADD_DATA' })).toBe(
      'bad-request: Unknown part of a question: "caseOp". Known are caseOperation.',
    );
    expect(await about({ caseOperation: 'CLOSE_CASE' })).toBe(
      'bad-request: The case operations of instance:data are ADD_DATA, REMOVE_DATA, got "CLOSE_CASE".',
    );
    expect(await about({ caseOperation: 'ADD_DATA' }, 'instance:read')).toBe(
      'bad-request: The case operations of instance:read are none, got "ADD_DATA".',
    );
    for (const nothing of [undefined, null, {}, { caseOperation: undefined }])
      expect(await about(nothing)).toBe('not-found: No such instance, or it is not yours to see.');
  });
});
