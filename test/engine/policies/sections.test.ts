import type { Guard, GuardApi, SectionPermission, SectionsApi, UserInfo } from 'bpmn-guard';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODEL = model([start(), task('t', { assignee: 'worker' }), end()]);
const [ann, zoe, worker] = [person('ann'), person('zoe'), person('worker')];

const sectionsOf = (guard: Guard, user: UserInfo = ADMIN_USER): SectionsApi =>
  guard.as(user).policies.sections;
const idsOf = async (sections: SectionsApi): Promise<string[]> =>
  (await sections.tree()).sections.map(({ id }) => id);
const namesOf = async (api: GuardApi): Promise<string[]> => (await api.model.list()).map(({ name }) => name);
const code = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).code;

/** Deletes the instance; one that is hidden is none of those that a query finds. */
async function deleteOne(api: GuardApi, id: string): Promise<void> {
  const { deletedCount } = await api.data.deleteInstances({ id });
  if (deletedCount === 0) throw Object.assign(new Error('There is none.'), { code: 'not-found' });
}

/** Gives ann the permissions on the section. */
const give = (guard: Guard, section: string, ...permissions: SectionPermission[]) =>
  sectionsOf(guard).permissions.give({ section }, { user: 'ann' }, permissions);

onStores('sections', (kind) => {
  const guards = new Guards(kind);

  /** A guard with the section hr, in which the model M is, and an instance of it. */
  async function stage(): Promise<{ guard: Guard; id: string; as: (user: UserInfo) => GuardApi }> {
    const guard = await guards.make({ models: { M: MODEL } });
    await sectionsOf(guard).create('hr');
    await sectionsOf(guard).place('M', 'hr');
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    return { guard, id, as: (user) => guard.as(user) };
  }

  /** Each door, with the permission that it needs beside reading, and what a non-holder is told. */
  const DOORS: readonly [
    name: string,
    permission: SectionPermission,
    alsoHeld: readonly SectionPermission[],
    open: (api: GuardApi, id: string) => Promise<unknown>,
  ][] = [
    ['get its source', 'read', [], (api) => api.model.getSource('M')],
    ['load it', 'read', [], (api) => api.model.load('M')],
    ['change it', 'write', ['read'], (api) => api.model.save('M', MODEL)],
    ['change it', 'bpmn-section-edit-process-def', ['read'], (api) => api.model.save('M', MODEL)],
    ['rename it', 'bpmn-section-edit-process-def', ['read'], (api) => api.model.rename('M', 'N')],
    ['delete it', 'write', ['read'], (api) => api.model.delete('M')],
    [
      'make another',
      'bpmn-section-create-process-def',
      [],
      (api) => api.model.save('N', MODEL, null, undefined, { section: 'hr' }),
    ],
    ['start it', 'bpmn-process-instance-run', [], (api) => api.engine.start('M')],
    ['read an instance', 'bpmn-process-instance-read', [], (api, id) => api.engine.get({ id })],
    [
      'delete an instance',
      'bpmn-process-instance-edit',
      ['bpmn-process-instance-read'],
      (api, id) => deleteOne(api, id),
    ],
    [
      'move an instance to the model of now',
      'bpmn-process-instance-migrate',
      ['bpmn-process-instance-read', 'read'],
      (api) => api.engine.upgrade('M', []),
    ],
    [
      'make a subsection',
      'bpmn-section-create-subsection',
      [],
      (api) => api.policies.sections.create('sub', { parent: 'hr' }),
    ],
    ['rename the section', 'write', ['read'], (api) => api.policies.sections.rename('hr', 'People')],
  ];

  test.each(DOORS)(
    'who may %s holds %s; without it, nobody may',
    async (_what, permission, alsoHeld, open) => {
      const { guard, id, as } = await stage();
      if (alsoHeld.length > 0) await give(guard, 'hr', ...alsoHeld);
      const refused = await refusal(open(as(ann), id));
      expect(['forbidden', 'not-found']).toContain(refused.code);
      if (alsoHeld[0] === 'read') expect(refused.message).toContain(permission);
      await give(guard, 'hr', permission);
      await open(as(ann), id);
      expect(['forbidden', 'not-found']).toContain(await code(open(as(zoe), id)));
    },
  );

  test('operations without a door of their own are those that can tells', async () => {
    const { guard } = await stage();
    const can = (operation: 'model:deploy' | 'model:report') =>
      guard.can(ann, operation, { model: { name: 'M' } });
    await give(guard, 'hr', 'read');
    expect([await can('model:deploy'), await can('model:report')]).toEqual([false, false]);
    await give(guard, 'hr', 'bpmn-process-def-deploy');
    expect([await can('model:deploy'), await can('model:report')]).toEqual([true, false]);
    await give(guard, 'hr', 'bpmn-process-def-report-view');
    expect([await can('model:deploy'), await can('model:report')]).toEqual([true, true]);
  });

  test('a designer needs the permission as well; an administrator needs none', async () => {
    const { guard, as } = await stage();
    const designer = person('dora', 'DESIGNER');
    expect(await code(as(designer).model.getSource('M'))).toBe('not-found');
    expect(await namesOf(as(designer))).toEqual([]);
    expect(await code(as(designer).model.save('N', MODEL))).toBe('forbidden');
    expect(await namesOf(as(ADMIN_USER))).toEqual(['M']);
    await sectionsOf(guard).permissions.give({ model: 'M' }, { group: 'DESIGNER' }, ['read']);
    expect(await namesOf(as(designer))).toEqual(['M']);
  });

  test('participants keep their tasks and their instances, whatever the sections say', async () => {
    const { guard, id, as } = await stage();
    const { id: taskId } = await waitingTask(guard, 't', id);
    expect((await as(worker).data.findInstances({ id })).length).toBe(1);
    expect(await code(as(worker).model.getSource('M'))).toBe('not-found');
    expect(await code(as(worker).engine.start('M'))).toBe('not-found');
    const view = await as(worker).tasks.complete(taskId);
    expect(view.definition).toBeUndefined();
    expect(await as(ann).data.findInstances({})).toEqual([]);
  });

  test('the permission to start does not replace what the model says of who may', async () => {
    const { guard, as } = await stage();
    const closed = model([start({ candidateUsers: 'zoe' }), end()]);
    await guard.api.model.save('Closed', closed, null, ADMIN_USER, { section: 'hr' });
    await give(guard, 'hr', 'read', 'bpmn-process-instance-run');
    await as(ann).engine.start('M');
    expect(await code(as(ann).engine.start('Closed'))).toBe('forbidden');
  });

  test('who reads an instance by a section sees its items, except the tasks of people', async () => {
    const { guard, id, as } = await stage();
    await give(guard, 'hr', 'bpmn-process-instance-read');
    const [instance] = await as(ann).data.findInstances({ id });
    expect(instance?.items.map(({ elementId }) => elementId)).toEqual(['start', expect.any(String)]);
    expect(await as(ann).data.getPendingUserTasks({})).toEqual([]);
    expect(await as(ann).tasks.count()).toBe(0);
  });

  test('moves, inheritance and permissions count at the next call', async () => {
    const { guard, as } = await stage();
    const sections = sectionsOf(guard);
    await sections.create('open');
    await give(guard, 'open', 'read');
    const seen = async (): Promise<string[]> => namesOf(as(ann));
    const steps: string[][] = [await seen()];
    for (const step of [
      () => sections.move('hr', 'open'),
      () => sections.permissions.inherit({ section: 'hr' }, false),
      () => sections.place('M', 'open'),
      () => sections.permissions.inherit({ model: 'M' }, false),
      () => sections.permissions.give({ model: 'M' }, { user: 'ann' }, ['read']),
      () => sections.permissions.withdraw({ model: 'M' }, { user: 'ann' }, ['read']),
      () => sections.permissions.inherit({ model: 'M' }, true),
      () => sections.permissions.withdraw({ section: 'open' }, { user: 'ann' }, ['read']),
    ]) {
      await step();
      steps.push(await seen());
    }
    expect(steps.map((names) => names.length)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe('the tree', () => {
  const guards = new Guards('embedded');

  test('shows what may be read and, for navigation, the sections above it without their contents', async () => {
    const guard = await guards.make({ models: { Deep: MODEL, Other: MODEL, Loose: MODEL } });
    const sections = sectionsOf(guard);
    await sections.create('top', { name: 'Top' });
    await sections.create('middle', { parent: 'top' });
    await sections.create('beside', { parent: 'top' });
    await sections.place('Deep', 'middle');
    await sections.place('Other', 'middle');
    await sections.permissions.give({ model: 'Deep' }, { user: 'ann' }, ['read']);
    const mine = sectionsOf(guard, ann);
    expect(await mine.tree()).toEqual({
      sections: [
        { id: 'top', name: 'Top', navigation: true },
        { id: 'middle', name: 'middle', parent: 'top', navigation: true },
      ],
      models: [{ name: 'Deep', section: 'middle' }],
    });
    await sections.permissions.give({ section: 'top' }, { user: 'ann' }, ['read']);
    expect((await mine.tree()).sections).toEqual([
      { id: 'top', name: 'Top', inherit: true, counts: { sections: 2, models: 0 } },
      { id: 'beside', name: 'beside', parent: 'top', inherit: true, counts: { sections: 0, models: 0 } },
      { id: 'middle', name: 'middle', parent: 'top', inherit: true, counts: { sections: 0, models: 2 } },
    ]);
    expect(await mine.list('middle')).toEqual({
      sections: [],
      models: [
        { name: 'Deep', section: 'middle' },
        { name: 'Other', section: 'middle' },
      ],
    });
    expect((await mine.list()).sections.map(({ id }) => id)).toEqual(['top']);
    expect(await code(mine.list('ROOT'))).toBe('not-found');
    expect(await code(sectionsOf(guard, zoe).list('top'))).toBe('not-found');
    // Administrators see ROOT, and the models that are in no section.
    expect((await sections.list('ROOT')).models).toEqual([{ name: 'Loose' }]);
    expect(await idsOf(sections)).toEqual(['ROOT', 'top', 'beside', 'middle']);
  });

  test('is empty for who may read nothing', async () => {
    const guard = await guards.make({ models: { M: MODEL } });
    await sectionsOf(guard).create('hr');
    expect(await sectionsOf(guard, zoe).tree()).toEqual({ sections: [], models: [] });
  });
});

describe('who changes sections', () => {
  const guards = new Guards('embedded');

  async function stage(): Promise<Guard> {
    const guard = await guards.make({ models: { M: MODEL } });
    for (const id of ['a', 'b']) await sectionsOf(guard).create(id);
    await sectionsOf(guard).place('M', 'a');
    return guard;
  }

  test('permissions are given, taken and read by administrators alone, by no way by others', async () => {
    const guard = await stage();
    await sectionsOf(guard).permissions.give({ section: 'ROOT' }, { user: 'ann' }, ['read', 'write']);
    await guard.as(ADMIN_USER).policies.securityRoles.save('managers', { rights: ['SecurityRole:Manage'] });
    const { permissions, create, effective } = sectionsOf(guard, ann);
    const on = { section: 'a' };
    for (const work of [
      permissions.give(on, { user: 'ann' }, ['write']),
      permissions.withdraw(on, { user: 'ann' }, ['write']),
      permissions.inherit(on, false),
      permissions.list(on),
      create('closed', { parent: 'a', inherit: false }),
      effective({ userName: 'zoe' }, on),
    ])
      expect(await code(work)).toBe('forbidden');
    const manager = person('mia');
    await guard.as(ADMIN_USER).policies.securityRoles.give('managers', { user: 'mia' });
    expect(
      await code(guard.as(manager).policies.apply([{ kind: 'section', id: 'a', value: { inherit: false } }])),
    ).toBe('forbidden');
  });

  test('moving needs write where it is, and the permission to create where it goes', async () => {
    const guard = await stage();
    const { move, place } = sectionsOf(guard, ann);
    expect(await code(move('a', 'b'))).toBe('not-found');
    await give(guard, 'a', 'read', 'write');
    expect(await code(move('a', 'b'))).toBe('not-found');
    expect(await code(place('M', 'b'))).toBe('not-found');
    await give(guard, 'b', 'read');
    expect(await code(move('a', 'b'))).toBe('forbidden');
    expect(await code(place('M', 'b'))).toBe('forbidden');
    await give(guard, 'b', 'bpmn-section-create-subsection', 'bpmn-section-create-process-def');
    await place('M', 'b');
    await move('a', 'b');
    expect(await code(move('a', 'ROOT'))).toBe('forbidden');
    expect(await code(place('M', 'ROOT'))).toBe('forbidden');
    expect(await code(place('M', 'a'))).toBe('forbidden');
  });

  test('nobody but administrators can fill the set of policies with sections', async () => {
    const guard = await stage();
    await give(guard, 'a', 'read', 'bpmn-section-create-subsection');
    const size = jest.spyOn(PolicySet.prototype, 'size', 'get').mockImplementation(function (
      this: PolicySet,
    ) {
      return 179_000 + this.version * 1_000;
    });
    try {
      expect(await code(sectionsOf(guard, ann).create('mine', { parent: 'a' }))).toBe('too-large');
      await sectionsOf(guard).create('theirs', { parent: 'a' });
    } finally {
      size.mockRestore();
    }
    await sectionsOf(guard, ann).create('mine', { parent: 'a' });
  });

  test('ROOT is made by administrators, and cannot be changed', async () => {
    const guard = await stage();
    const sections = sectionsOf(guard);
    await sections.permissions.give({ section: 'ROOT' }, { user: 'ann' }, [
      'read',
      'write',
      'bpmn-section-create-subsection',
    ]);
    expect(await code(sectionsOf(guard, ann).create('c'))).toBe('forbidden');
    for (const work of [
      sections.delete('ROOT'),
      sections.move('ROOT', 'a'),
      sections.rename('ROOT', 'x'),
      sections.permissions.inherit({ section: 'ROOT' }, false),
    ])
      expect(await code(work)).toBe('wrong-state');
    for (const work of [sectionsOf(guard, ann).delete('ROOT'), sectionsOf(guard, ann).rename('ROOT', 'x')])
      expect(await code(work)).toBe('not-found');
    expect(await idsOf(sectionsOf(guard, ann))).toEqual(['a', 'b']);
    const apply = guard.as(ADMIN_USER).policies.apply([{ kind: 'section', id: 'ROOT', value: null }]);
    expect(await refusal(apply)).toMatchObject({
      code: 'bad-policy',
      message: expect.stringContaining('ROOT') as unknown,
    });
  });

  test('an unknown name is refused with the nearest known one, and so is a cycle', async () => {
    const guard = await stage();
    const sections = sectionsOf(guard);
    await sections.create('below', { parent: 'a' });
    for (const [work, hint] of [
      [() => sections.create('c', { parent: 'belwo' }), 'Did you mean below?'],
      [() => sections.move('b', 'belwo'), 'Did you mean below?'],
      [() => sections.place('M', 'belwo'), 'Did you mean below?'],
      [
        () => sections.permissions.give({ section: 'belwo' }, { user: 'ann' }, ['read']),
        'Did you mean below?',
      ],
      [
        () => sections.permissions.give({ section: 'a' }, { user: 'ann' }, ['raed' as 'read']),
        'Did you mean read?',
      ],
      [() => sections.move('a', 'below'), 'which is in it'],
    ] as const)
      expect(await refusal(work())).toMatchObject({
        code: 'bad-policy',
        message: expect.stringContaining(hint) as unknown,
      });
    expect(await code(sections.create('a'))).toBe('conflict');
    expect(await code(sections.permissions.give({ model: 'nil' }, { user: 'ann' }, ['read']))).toBe(
      'not-found',
    );
    expect(await code(sections.permissions.withdraw({ section: 'a' }, { user: 'ann' }, ['read']))).toBe(
      'not-found',
    );
  });

  test('of two administrators at once one wins, and the other gets the newest version', async () => {
    const guard = await stage();
    const sections = sectionsOf(guard);
    const expectedVersion = await guard.as(ADMIN_USER).policies.version();
    const both = await Promise.allSettled([
      sections.move('a', 'b', { expectedVersion }),
      sections.move('b', 'a', { expectedVersion }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((one) => one.status === 'rejected') as PromiseRejectedResult;
    expect(lost.reason).toMatchObject({ code: 'conflict', status: 409 });
    expect((lost.reason as Error).message).toContain(`the newest version is ${expectedVersion + 1}`);
  });

  test('effective names the places, for oneself and, for administrators, for others', async () => {
    const guard = await stage();
    await give(guard, 'a', 'read');
    await sectionsOf(guard).permissions.give({ model: 'M' }, { group: 'g' }, ['write']);
    const own = await sectionsOf(guard, person('ann', 'g')).effective(undefined, { model: 'M' });
    const expected = {
      administrator: false,
      permissions: { read: [{ section: 'a', user: 'ann' }], write: [{ model: 'M', group: 'g' }] },
    };
    expect(own).toEqual(expected);
    const of = { userName: 'ann', userGroups: ['g'] };
    expect(await sectionsOf(guard).effective(of, { model: 'M' })).toEqual(expected);
    expect(await code(sectionsOf(guard, zoe).effective(undefined, { model: 'M' }))).toBe('not-found');
    expect(await sectionsOf(guard).effective(undefined, { section: 'a' })).toEqual({
      administrator: true,
      permissions: {},
    });
  });

  test('each change is one version, and in the audit trail', async () => {
    const guard = await stage();
    const { version } = await sectionsOf(guard).rename('a', 'A', { reason: 'clearer' });
    expect(await guard.as(ADMIN_USER).policies.history({ limit: 1 })).toMatchObject([
      { version, reason: 'clearer', count: 1 },
    ]);
    const [entry] = await guard.store.audit.find({ limit: 1, answer: 'allowed' });
    expect(entry).toMatchObject({
      operation: 'system:policy',
      userName: 'admin',
      after: { changes: ['+ section a'] },
    });
  });
});

describe('models that come and go', () => {
  const guards = new Guards('embedded');

  async function stage(): Promise<{ guard: Guard; sections: SectionsApi; id: string }> {
    const guard = await guards.make({ models: { M: MODEL } });
    const sections = sectionsOf(guard);
    await sections.create('hr', { inherit: false });
    await sections.place('M', 'hr');
    await give(guard, 'ROOT', 'read', 'bpmn-process-instance-read', 'bpmn-section-create-process-def');
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    return { guard, sections, id };
  }
  const reads = async (guard: Guard, id: string, user = ann): Promise<boolean> =>
    (await guard.as(user).data.findInstances({ id })).length === 1;

  test('deleting a model opens its instances to nobody, nor does deleting its section', async () => {
    const { guard, sections, id } = await stage();
    expect(await reads(guard, id)).toBe(false);
    expect(await code(sections.delete('hr'))).toBe('wrong-state');
    await guard.as(ADMIN_USER).model.delete('M');
    expect(await reads(guard, id)).toBe(false);
    await sections.delete('hr');
    expect(await reads(guard, id)).toBe(false);
    expect(await reads(guard, id, ADMIN_USER)).toBe(true);
    expect(await idsOf(sections)).toEqual(['ROOT']);
  });

  test('a section and a model that are made again have none of the old permissions', async () => {
    const { guard, sections } = await stage();
    const zoeReads = async (): Promise<string[]> => namesOf(guard.as(zoe));
    for (const on of [{ section: 'hr' }, { model: 'M' }])
      await sections.permissions.give(on, { user: 'zoe' }, ['read']);
    expect(await zoeReads()).toEqual(['M']);
    await guard.as(ADMIN_USER).model.delete('M');
    await sections.delete('hr');
    await sections.create('hr');
    await guard.as(ADMIN_USER).model.save('M', MODEL, null, undefined, { section: 'hr' });
    expect(await zoeReads()).toEqual([]);
    expect(await sections.permissions.list({ model: 'M' })).toEqual({ inherit: true, permissions: [] });
    expect(await sections.permissions.list({ section: 'hr' })).toEqual({ inherit: true, permissions: [] });
  });

  test('a renamed model keeps its place and permissions, and its instances theirs', async () => {
    const { guard, sections, id } = await stage();
    await sections.permissions.give({ model: 'M' }, { user: 'zoe' }, ['read', 'bpmn-process-instance-read']);
    await guard.as(ADMIN_USER).model.rename('M', 'N');
    expect((await sections.tree()).models).toEqual([{ name: 'N', section: 'hr' }]);
    expect(await namesOf(guard.as(zoe))).toEqual(['N']);
    expect([await reads(guard, id, zoe), await reads(guard, id)]).toEqual([true, false]);
    // Of the instances that have the old name, whoever chose another section for it would choose the readers.
    expect(await code(guard.as(ann).model.save('M', MODEL))).toBe('forbidden');
    await guard.as(ADMIN_USER).model.save('M', MODEL);
    expect((await sections.tree()).models).toEqual([{ name: 'M' }, { name: 'N', section: 'hr' }]);
    expect(await namesOf(guard.as(zoe))).toEqual(['N']);
  });

  test('a new model asks the section that it names, else ROOT; one that exists is not moved by saving it', async () => {
    const { guard, sections } = await stage();
    const { model: models } = guard.as(ann);
    expect(await code(models.save('N', MODEL, null, undefined, { section: 'hr' }))).toBe('forbidden');
    await models.save('N', MODEL);
    await give(guard, 'hr', 'read', 'write', 'bpmn-section-create-process-def');
    expect(await code(models.save('M', MODEL, null, undefined, { section: 'hr' }))).toBe('bad-option');
    await models.save('O', MODEL, null, undefined, { section: 'hr' });
    expect((await sections.tree()).models).toEqual([
      { name: 'M', section: 'hr' },
      { name: 'N' },
      { name: 'O', section: 'hr' },
    ]);
    const misspelt = guard.as(ADMIN_USER).model.save('P', MODEL, null, undefined, { section: 'hrr' });
    expect(await refusal(misspelt)).toMatchObject({ code: 'bad-policy' });
    expect(await namesOf(guard.as(ADMIN_USER))).toEqual(['M', 'N', 'O']);
  });

  test('of two who make one model in two sections, one does, and it is in the section of the one', async () => {
    const { guard, sections } = await stage();
    for (const id of ['one', 'two']) await sections.create(id);
    const both = await Promise.allSettled(
      ['one', 'two'].map((section) =>
        guard.as(ADMIN_USER).model.save('N', MODEL, null, undefined, { section }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = both[0]?.status === 'fulfilled' ? 'one' : 'two';
    expect((await sections.tree()).models).toContainEqual({ name: 'N', section: won });
  });

  test('an instance of the model of another owner is upgraded with the permission on that one alone', async () => {
    const guard = await guards.make();
    const acme = (userName: string, ...userGroups: string[]) => ({ userName, userGroups, tenantId: 'acme' });
    const [admin, ofAcme] = [acme('admin', 'ADMIN'), acme('ann')];
    const [boss, ofLibrary] = [
      { ...admin, modelsOwner: 'library' },
      { ...ofAcme, modelsOwner: 'library' },
    ];
    for (const user of [admin, boss]) await guard.as(user).model.save('M', MODEL);
    const sections = sectionsOf(guard, admin);
    await sections.create('hr');
    const { id } = await guard.as(boss).engine.start('M');
    const all = ['bpmn-process-instance-migrate', 'bpmn-process-instance-read', 'read'] as const;
    await sections.permissions.give({ model: 'M' }, { user: 'ann' }, all);
    // The instance runs the model of the library, on which ann has nothing.
    expect(await guard.as(ofAcme).engine.upgrade('M', [])).toEqual([]);
    await sectionsOf(guard, boss).permissions.give({ model: 'M' }, { user: 'ann' }, all);
    expect(await guard.as(ofAcme).engine.upgrade('M', [])).toEqual([]);
    expect(await guard.as(ofLibrary).engine.upgrade('M', [])).toEqual([id]);
    for (const user of [admin, boss])
      await sectionsOf(guard, user).permissions.withdraw({ model: 'M' }, { user: 'ann' }, [
        'bpmn-process-instance-migrate',
      ]);
    for (const user of [ofAcme, ofLibrary])
      expect(await code(guard.as(user).engine.upgrade('M', []))).toBe('forbidden');
  });
});
