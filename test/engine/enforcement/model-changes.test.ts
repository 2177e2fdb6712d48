import { SecureUser, type Guard, type GuardApi } from 'bpmn-guard';
import { ChangeTurns } from '../../../src/engine/execution/change-turns.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { PolicyBook } from '../../../src/engine/policy-book/policy-book.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, model as modelOf, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const PLAIN = modelOf([start(), task('t', { candidateUsers: 'eve,kim' }), end()]);
const MAKES = ['read', 'write', 'bpmn-section-create-process-def'] as const;
const [dana, dora] = [person('dana'), person('dora', 'DESIGNER')];

afterEach(() => jest.restoreAllMocks());

const names = async ({ store }: Guard): Promise<string[]> =>
  (await store.models.find({})).map(({ name }) => name).sort();

/** The next change of the policies is about to be stored, and stays so until the gate is opened. */
function held(): { readonly begun: () => boolean; readonly open: () => void } {
  let [begun, open] = [false, (): void => undefined];
  const passed = new Promise<void>((resolve) => (open = resolve));
  const { change } = PolicyBook.prototype;
  jest.spyOn(PolicyBook.prototype, 'change').mockImplementationOnce(async function (
    this: PolicyBook,
    ...args
  ) {
    begun = true;
    await passed;
    return change.apply(this, args);
  });
  return { begun: () => begun, open };
}

/** A model in a section in which dana makes and changes models. */
async function sectioned(guard: Guard): Promise<void> {
  const { model, policies } = guard.as(ADMIN_USER);
  await policies.sections.create('s');
  await policies.sections.permissions.give({ section: 's' }, { user: 'dana' }, MAKES);
  await model.save('P', PLAIN, null, undefined, { section: 's' });
}

/**
 * While a change takes long, an administrator asks for another one, and then somebody for a change of models. Who asks
 * first has the first turn.
 */
async function behind<T>(
  change: () => Promise<unknown>,
  first: () => Promise<unknown>,
  asked: () => Promise<T>,
) {
  const gate = held();
  const take = jest.spyOn(ChangeTurns.prototype, 'take');
  const others = [first()];
  await eventually(async () => gate.begun());
  others.push(change());
  await eventually(async () => take.mock.calls.length === 2);
  let isDone = false;
  const done = (): void => void (isDone = true);
  const third = asked();
  third.then(done, done);
  await eventually(async () => take.mock.calls.length === 3 || isDone);
  gate.open();
  await Promise.all(others);
  return third;
}

onStores('Changes of models', (kind) => {
  const guards = new Guards(kind);

  test.each([
    ['renames', ({ model }: GuardApi): Promise<unknown> => model.rename('P', 'Q', dana), 404],
    ['makes', ({ model }: GuardApi) => model.save('Q', PLAIN, null, dana, { section: 's' }), 403],
  ])('who %s one has the permission still after waiting for others', async (_what, asked, status) => {
    const guard = await guards.make();
    await sectioned(guard);
    const { policies } = guard.as(ADMIN_USER);
    const withdraw = () => policies.sections.permissions.withdraw({ section: 's' }, { user: 'dana' }, MAKES);
    const first = () => guard.as(person('root', 'ADMIN')).policies.grid.saveLabel('L', {});
    expect(await refusal(behind(withdraw, first, () => asked(guard.api)))).toMatchObject({ status });
    expect(await names(guard)).toEqual(['P']);
    await policies.sections.permissions.give({ section: 's' }, { user: 'dana' }, MAKES);
    await asked(guard.api);
    expect(await names(guard)).toContain('Q');
  });

  test('a rule that is made while a renaming waits keeps its model', async () => {
    const guard = await guards.make({ models: { P: PLAIN } });
    const { policies } = guard.as(ADMIN_USER);
    const duty = () =>
      policies.duties.save('d', { duty: 'not-initiator', model: 'P', tasks: ['t'], strict: true });
    const first = () => guard.as(person('root', 'ADMIN')).policies.grid.saveLabel('L', {});
    const renamed = behind(duty, first, () => guard.api.model.rename('P', 'Q', dora));
    expect(await refusal(renamed)).toMatchObject({ code: 'wrong-state' });
    expect(await names(guard)).toEqual(['P']);
  });

  test('a model that tenants share is renamed by SYSTEM only: policies of the others may name it', async () => {
    const guard = await guards.make();
    const of = (tenantId: string, ...userGroups: string[]): SecureUser =>
      new SecureUser({ userName: `of ${tenantId}`, userGroups, tenantId, modelsOwner: 'shared' });
    const [a, b] = [of('A', 'ADMIN'), of('B', 'ADMIN')];
    await guard.api.model.save('P', PLAIN, null, a);
    const rule = 'no: Restrict user "eve" to Perform on task t of process "P"';
    await guard.as(b).policies.grid.import('text', rule);
    expect(await refusal(guard.api.model.rename('P', 'Q', a))).toMatchObject({ code: 'forbidden' });
    expect(await names(guard)).toEqual(['P']);
    await guard.api.model.rename('P', 'Q', of('A', 'SYSTEM'));
    const own = new SecureUser({ userName: 'own', userGroups: ['ADMIN'], tenantId: 'shared' });
    await guard.api.model.rename('Q', 'R', own);
    expect(await names(guard)).toEqual(['R']);
  });

  test.each([
    ['renamed', 'model:write', 'rename', ({ model }: GuardApi) => model.rename('P', 'Q', dana), true],
    ['deleted', 'model:delete', 'remove', ({ model }: GuardApi) => model.delete('P', dana), true],
    [
      'made',
      'model:create',
      'insert',
      ({ model }: GuardApi) => model.save('N', PLAIN, null, dana, { section: 's' }),
      expect.objectContaining({ name: 'N' }),
    ],
  ] as const)(
    'one that is %s is so, and recorded, though the store does not answer afterwards',
    async (what, operation, method, run, answer) => {
      const guard = await guards.make();
      await sectioned(guard);
      const { models } = guard.store;
      const original = models[method].bind(models) as (...args: unknown[]) => Promise<boolean>;
      jest.spyOn(models, method).mockImplementationOnce(async (...args: unknown[]) => {
        const done = await original(...args);
        jest
          .spyOn(PolicyBook.prototype, 'current')
          .mockRejectedValueOnce(new CouldNotTell('store-unavailable', 'down'));
        return done;
      });
      expect(await run(guard.api)).toEqual(answer);
      const [entry] = await guard.store.audit.find({ userName: 'dana', limit: 1 });
      expect(entry).toMatchObject({ operation, answer: 'allowed', resource: { kind: 'model' } });
      if (what === 'made') return;
      await eventually(async () =>
        (await guard.as(ADMIN_USER).policies.read()).entries.some(
          ({ value }) =>
            (value as { model?: string; gone?: true }).model === 'P' && 'gone' in (value as object),
        ),
      );
    },
  );
});
