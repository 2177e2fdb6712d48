import type { CaseOperation, Guard, GuardApi } from 'bpmn-guard';
import { CLAIM, ROLES } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, element, model, start, task } from '../../support/models.js';
import { properties } from '../../support/case-models.js';
import { onStores } from '../../support/stores.js';

const [own, hal, out] = [person('own'), person('hal'), person('out')];
const EXTRA = model([start(), task('t'), end(), { ...element('startEvent', 'more'), flow: false }], {
  inner: properties({ caseRoles: ROLES }),
});

interface Door {
  readonly operation: CaseOperation;
  /** What the holder of the role does; the case is that of `own`, with `hal` as participant. */
  go(api: GuardApi, id: string, comment: string): Promise<unknown>;
}
const DOORS: readonly Door[] = [
  { operation: 'ADD_DATA', go: (api, id) => api.cases.setData(id, { x: 2 }) },
  { operation: 'REMOVE_DATA', go: (api, id) => api.cases.removeData(id, ['x']) },
  {
    operation: 'MODIFY_ROLE_ASSIGNMENT',
    go: (api, id) => api.cases.addToRole(id, 'participant', { users: ['new'] }),
  },
  { operation: 'MODIFY_COMMENT', go: (api, id, comment) => api.cases.changeComment(id, comment, 'changed') },
  { operation: 'MODIFY_COMMENT', go: (api, id, comment) => api.cases.removeComment(id, comment) },
  { operation: 'DESTROY_CASE', go: (api, id) => api.data.deleteInstances({ id }) },
];

async function aCase(guard: Guard, name = 'Claim'): Promise<{ id: string; comment: string }> {
  const { id } = await guard.api.engine.start(name, { x: 1 }, own, {
    caseRoles: { owner: { users: ['own'] }, participant: { users: ['hal'] }, contact: { users: ['own'] } },
  });
  return { id, comment: (await guard.api.cases.comment(id, 'first', {}, ADMIN_USER)).id };
}

onStores('case operations', (kind) => {
  const guards = new Guards(kind);
  const make = (): Promise<Guard> => guards.make({ models: { Claim: CLAIM, Extra: EXTRA } });

  test('each is for the roles it is given to, and is refused to others in the case, at each of its doors', async () => {
    const guard = await make();
    const { caseOperations } = guard.as(ADMIN_USER).policies;
    for (const { operation, go } of DOORS) {
      const { id, comment } = await aCase(guard);
      await caseOperations.save(operation, ['contact']);
      const refused = await refusal(go(guard.as(hal), id, comment));
      expect(refused).toMatchObject({ code: 'forbidden' });
      // Who has no role learns nothing, and has nothing to delete.
      const [strange] = await Promise.allSettled([go(guard.as(out), id, comment)]);
      const code = operation === 'DESTROY_CASE' ? 'forbidden' : 'not-found';
      expect(strange).toMatchObject({ reason: { code } });
      await go(guard.as(own), id, comment);
    }
    // ADMIN passes all of them; an empty list is nobody else.
    const { id } = await aCase(guard);
    await caseOperations.save('ADD_DATA', []);
    expect(await refusal(guard.api.cases.setData(id, { x: 3 }, own))).toMatchObject({ code: 'forbidden' });
    await guard.api.cases.setData(id, { x: 3 }, ADMIN_USER);
    await caseOperations.reset('ADD_DATA');
    await guard.api.cases.setData(id, { x: 4 }, hal);
  });

  test('by default the owner closes, cancels, destroys, reopens and assigns; data and comments are for all in the case', async () => {
    const guard = await make();
    const { id, comment } = await aCase(guard);
    const { operation: _none, ...listed } = {
      operation: '',
      ...Object.fromEntries(
        (await guard.as(ADMIN_USER).policies.caseOperations.list()).map(({ operation, roles }) => [
          operation,
          roles?.join(),
        ]),
      ),
    };
    const owners = ['CLOSE_CASE', 'CANCEL_CASE', 'DESTROY_CASE', 'REOPEN_CASE', 'MODIFY_ROLE_ASSIGNMENT'];
    for (const [operation, roles] of Object.entries(listed))
      expect([operation, roles]).toEqual([operation, owners.includes(operation) ? 'owner,admin' : undefined]);
    await guard.api.cases.setData(id, { y: 1 }, hal);
    await guard.api.cases.changeComment(id, comment, 'by another', hal);
    expect(await refusal(guard.api.data.deleteInstances({ id }, hal))).toMatchObject({ code: 'forbidden' });
    await guard.api.data.deleteInstances({ id }, own);
  });

  test('what starts more of the model needs the roles of adding a process, and terminating those of cancelling', async () => {
    const guard = await make();
    const { id } = await aCase(guard, 'Extra');
    const { caseOperations } = guard.as(ADMIN_USER).policies;
    await caseOperations.save('ADD_PROCESS_TO_CASE', ['owner']);
    expect(await refusal(guard.api.engine.startEvent(id, 'more', {}, hal))).toMatchObject({
      code: 'forbidden',
    });
    await guard.api.engine.startEvent(id, 'more', {}, own);
    expect(await refusal(guard.api.engine.terminate(id, hal))).toMatchObject({ code: 'forbidden' });
    await guard.api.engine.terminate(id, own);
  });

  test('adding a task and adding a process are asked apart; a start event of the model needs both', async () => {
    const guard = await make();
    const { id } = await aCase(guard, 'Extra');
    const { caseOperations } = guard.as(ADMIN_USER).policies;
    const addTask = (): Promise<unknown> =>
      guard.api.engine.addTask(id, { name: 'Call', assignee: 'hal' }, hal);
    const addProcess = (): Promise<unknown> => guard.api.engine.addProcess(id, 'Extra', {}, hal);
    const startEvent = (): Promise<unknown> => guard.api.engine.startEvent(id, 'more', {}, hal);
    for (const [operation, refused, carriedOut] of [
      ['ADD_PROCESS_TO_CASE', addProcess, addTask],
      ['ADD_TASK_TO_CASE', addTask, addProcess],
    ] as const) {
      await caseOperations.save(operation, ['owner']);
      const { code, message } = await refusal(refused());
      expect([code, message.match(/ADD_\w+_CASE/g)?.every((name) => name === operation)]).toEqual([
        'forbidden',
        true,
      ]);
      await carriedOut();
      expect(await refusal(startEvent())).toMatchObject({ code: 'forbidden' });
      await caseOperations.reset(operation);
    }
    await startEvent();
  });

  test('the file of jBPM is loaded, reloaded and written; a mistake changes nothing and names its line', async () => {
    const guard = await make();
    const { caseOperations, version } = { ...guard.as(ADMIN_USER).policies };
    await caseOperations.load('# ours\nCANCEL_CASE = hr\nADD_DATA=');
    expect(await caseOperations.text()).toBe('CANCEL_CASE=hr\nADD_DATA=\n');
    const before = await version();
    expect(await caseOperations.load('ADD_DATA=\nCANCEL_CASE=hr')).toEqual({ version: before });
    expect(await refusal(caseOperations.load('ADD_DATA=owner\n\nCANCEL_CASE=hrr'))).toMatchObject({
      code: 'bad-policy',
      message: expect.stringMatching(
        /line 3: No model declares the role "hrr"\. Did you mean hr\?/,
      ) as unknown,
    });
    expect(await caseOperations.text()).toBe('CANCEL_CASE=hr\nADD_DATA=\n');
    await caseOperations.load('ADD_DATA=hr');
    expect(await caseOperations.text()).toBe('ADD_DATA=hr\n');
    expect(await refusal(caseOperations.save('ADD_DATA', ['hrr']))).toMatchObject({ code: 'bad-policy' });
    expect(await refusal(caseOperations.reset('CANCEL_CASE'))).toMatchObject({ code: 'not-found' });
    expect(await refusal(guard.as(own).policies.caseOperations.text())).toMatchObject({ code: 'forbidden' });
  });

  test('comments: of oneself or with the operation, for some roles only, within limits, and in the audit trail', async () => {
    const guard = await make();
    const { id } = await aCase(guard);
    const { cases } = guard.as(hal);
    await guard.as(ADMIN_USER).policies.caseOperations.save('MODIFY_COMMENT', ['owner']);
    const mine = await cases.comment(id, 'mine', { roles: ['hr'] });
    expect(mine).toMatchObject({ author: 'hal', text: 'mine', roles: ['hr'] });
    const texts = async (user = own) =>
      (await guard.api.cases.listComments(id, user)).map(({ text }) => text);
    // Who does not see a comment cannot tell it from one that does not exist.
    expect(await texts(own)).toEqual(['first']);
    expect(await texts(hal)).toEqual(['first', 'mine']);
    expect(await refusal(guard.api.cases.changeComment(id, mine.id, 'x', own))).toMatchObject({
      code: 'not-found',
      message: (await refusal(guard.api.cases.changeComment(id, 'none', 'x', own))).message,
    });
    await guard.api.cases.addToRole(id, 'hr', { users: ['own'] }, own);
    expect(await guard.api.cases.changeComment(id, mine.id, 'theirs', own)).toMatchObject({
      author: 'hal',
      text: 'theirs',
      changedBy: 'own',
    });
    await cases.removeComment(id, mine.id);
    for (const [text, code] of [
      ['', 'bad-request'],
      [7, 'bad-request'],
      ['x'.repeat(4001), 'too-large'],
    ] as const)
      expect(await refusal(cases.comment(id, text as string))).toMatchObject({ code });
    expect(await refusal(cases.comment(id, 'x', { roles: ['boss'] }))).toMatchObject({ code: 'bad-request' });
    for (let at = 0; at < 62; at++) await cases.comment(id, 'x'.repeat(4000));
    expect(await refusal(cases.comment(id, 'x'.repeat(4000)))).toMatchObject({ code: 'too-large' });
    const entries = await guard.store.audit.find({ userName: 'own', limit: 100 });
    expect(entries.map(({ operation, answer }) => `${operation} ${answer}`)).toContain(
      'instance:comment allowed',
    );
  });

  test('data is set and removed without completing a task; the initiator and keys that lead out of the data are safe', async () => {
    const guard = await make();
    const source = model([start({ initiator: 'who' }), task('t', { candidateUsers: 'participant' }), end()], {
      inner: properties({ caseRoles: ROLES }),
    });
    await guard.api.model.save('Claim', source, null, ADMIN_USER);
    const { id } = await aCase(guard);
    const { cases } = guard.as(hal);
    expect((await cases.setData(id, { x: 5, y: { z: [1] } })).data).toMatchObject({ x: 5, y: { z: [1] } });
    expect((await cases.removeData(id, ['y', 'none'])).data).toEqual({ who: 'own', x: 5 });
    await waitingTask(guard, 't', id);
    for (const [work, code] of [
      [cases.setData(id, { who: 'hal' }), 'protected-variable'],
      [cases.removeData(id, ['who']), 'protected-variable'],
      [cases.setData(id, JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>), 'bad-data'],
      [cases.setData(id, { 'a.b': 1 }), 'bad-data'],
      [cases.setData(id, { $x: 1 }), 'bad-data'],
      [cases.setData(id, {}), 'bad-data'],
      [cases.removeData(id, ['constructor']), 'bad-data'],
      [cases.removeData(id, []), 'bad-data'],
      [cases.setData(id, { big: Array.from({ length: 3 }, () => 'x'.repeat(1_900_000)) }), 'too-large'],
    ] as const)
      expect(await refusal(work)).toMatchObject({ code });
    await Promise.all(Array.from({ length: 6 }, (_, at) => cases.setData(id, { [`n${at}`]: at })));
    expect((await guard.api.engine.get({ id }, hal)).data).toMatchObject({ n0: 0, n5: 5, x: 5, who: 'own' });
  });
});
