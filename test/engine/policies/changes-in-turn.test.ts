import { SecureUser, type Guard } from 'bpmn-guard';
import { PolicyBook } from '../../../src/engine/policy-book/policy-book.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, model as modelOf, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODEL = modelOf([start(), task('t'), end()]);
const unknown = { allowUnknownModels: true };
const textOf = (at: number, count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `r${at}-${n}: Allow group g${n} to View on process "P${n % 5}"\n`,
  ).join('');

afterEach(() => jest.restoreAllMocks());

/** Records how many changes are compiled and stored at the same moment. */
function counted(): { most: number } {
  const seen = { now: 0, most: 0 };
  const { change } = PolicyBook.prototype;
  jest.spyOn(PolicyBook.prototype, 'change').mockImplementation(async function (this: PolicyBook, ...args) {
    seen.most = Math.max(seen.most, ++seen.now);
    try {
      return await change.apply(this, args);
    } finally {
      seen.now--;
    }
  });
  return seen;
}

onStores('Changes of the policies at once', (kind) => {
  const guards = new Guards(kind);

  test('ten imports at once are made one after the other, and none of them is refused', async () => {
    const { policies } = (await guards.make()).as(ADMIN_USER);
    const seen = counted();
    const imports = Array.from({ length: 10 }, (_, at) =>
      policies.grid.import('text', textOf(at, 30), unknown),
    );
    const versions = (await Promise.all(imports)).map(({ version }) => version);
    expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(seen.most).toBe(1);
    expect(await policies.grid.list()).toHaveLength(300);
  });

  test('changes that state the version which they expect still lose against the first', async () => {
    const { policies } = (await guards.make()).as(ADMIN_USER);
    const save = (name: string) =>
      policies.grid.saveLabel(name, {}, { expectedVersion: 0 }).then(
        () => 'saved',
        ({ code }: { code: string }) => code,
      );
    // Which of them comes first depends on when the store tells them the version in force.
    const outcomes = await Promise.all(['A', 'B', 'C'].map(save));
    expect(outcomes.sort()).toEqual(['conflict', 'conflict', 'saved']);
  });
});

describe('While a change of the policies is being made', () => {
  const guards = new Guards('embedded');

  /** A guard in which the change of `held` does not end before the gate is opened. */
  async function holding() {
    let open = (): void => undefined;
    const passed = new Promise<void>((resolve) => (open = resolve));
    const guard = await guards.make();
    const { change } = PolicyBook.prototype;
    const held = { begun: false };
    jest.spyOn(PolicyBook.prototype, 'change').mockImplementationOnce(async function (
      this: PolicyBook,
      ...args
    ) {
      held.begun = true;
      await passed;
      return change.apply(this, args);
    });
    const first = guard.as(ADMIN_USER).policies.securityRoles.save('clerk', { rights: ['Todo:Read_Own'] });
    await eventually(async () => held.begun);
    return { guard, open, first };
  }

  test('decisions and lists, changes of others and reading the policies do not wait for it', async () => {
    const { guard, open, first } = await holding();
    const { data, policies } = guard.as(ADMIN_USER);
    expect(await data.findItems({})).toEqual([]);
    expect(await policies.read()).toEqual({ version: 0, entries: [] });
    expect(await guard.can(ADMIN_USER, 'system:policy')).toBe(true);
    const other = new SecureUser({ userName: 'otto', userGroups: ['ADMIN'], tenantId: 'other' });
    expect(await guard.as(other).policies.grid.saveLabel('L', {})).toEqual({ version: 1 });
    open();
    await first;
  });

  test('models that are made, renamed and deleted wait for it where that changes the sections', async () => {
    const guard = await guards.make();
    const { model, policies } = guard.as(ADMIN_USER);
    await policies.sections.create('s');
    for (const name of ['Old', 'Gone']) await model.save(name, MODEL, null, undefined, { section: 's' });
    const seen = counted();
    await Promise.all([
      policies.grid.import('text', textOf(0, 30), unknown),
      model.save('New', MODEL, null, undefined, { section: 's' }),
      model.rename('Old', 'Newer'),
      model.delete('Gone'),
      policies.grid.import('text', textOf(1, 30), unknown),
    ]);
    expect(seen.most).toBe(1);
  });

  test('who may not change policies is refused at once', async () => {
    const { guard, open, first } = await holding();
    const { policies } = guard.as(person('kim'));
    const attempts = [
      policies.apply([], unknown),
      policies.import('grid: {}'),
      policies.grid.saveLabel('L', {}),
      policies.grid.import('text', ''),
      policies.duties.save('d', { duty: 'not-initiator', model: 'M' }),
      policies.sections.create('hr'),
      policies.sections.permissions.give({ section: 'ROOT' }, { user: 'kim' }, ['read']),
      policies.caseOperations.save('CLOSE_CASE', []),
      policies.caseFields.save('data.x', { roles: [] }),
      policies.securityRoles.save('r', { rights: [] }),
    ];
    for (const attempt of attempts) expect((await refusal(attempt)).status).toBe(403);
    open();
    await first;
  });

  test('who waits for it may do only what is still allowed afterwards', async () => {
    let groups = ['ADMIN'];
    const told: ((userName: string) => void)[] = [];
    const directory = {
      find: async (userName: string) => ({ userName, userGroups: groups }),
      onChanged: (listener: (userName: string) => void) => {
        told.push(listener);
        return () => undefined;
      },
    };
    const guard: Guard = await guards.make({ directory });
    const { policies } = guard.as(ADMIN_USER);
    const { change } = PolicyBook.prototype;
    jest.spyOn(PolicyBook.prototype, 'change').mockImplementationOnce(async function (
      this: PolicyBook,
      ...args
    ) {
      const made = await change.apply(this, args);
      groups = [];
      for (const tell of told) tell('admin');
      return made;
    });
    const first = policies.grid.saveLabel('A', {});
    const second = policies.grid.saveLabel('B', {});
    expect(await first).toEqual({ version: 1 });
    expect((await refusal(second)).code).toBe('forbidden');
  });

  test('a change that the directory makes within it is stored, and the outer one gets a conflict', async () => {
    const root = new SecureUser({ userName: 'root', userGroups: ['ADMIN'] });
    const within: { change?: () => Promise<unknown>; made?: unknown } = {};
    const told: ((userName: string) => void)[] = [];
    const directory = {
      onChanged: (listener: (userName: string) => void) => {
        told.push(listener);
        return () => undefined;
      },
      find: async (userName: string) => {
        const { change } = within;
        if (userName === 'admin' && change !== undefined) {
          delete within.change;
          within.made = await change();
        }
        return { userName, userGroups: ['ADMIN'] };
      },
    };
    const guard = await guards.make({ directory });
    const { policies } = guard.as(ADMIN_USER);
    const { change } = PolicyBook.prototype;
    jest.spyOn(PolicyBook.prototype, 'change').mockImplementationOnce(function (this: PolicyBook, ...args) {
      within.change = () => guard.as(root).policies.grid.saveLabel('N', {});
      for (const tell of told) tell('admin');
      return change.apply(this, args);
    });
    expect((await refusal(policies.grid.saveLabel('O', {}))).code).toBe('conflict');
    expect(within.made).toEqual({ version: 1 });
    expect(await policies.grid.saveLabel('O', {})).toEqual({ version: 2 });
  });
});
