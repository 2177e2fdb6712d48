import { createGuard, type Guard } from 'bpmn-guard';
import { MANIFEST } from '../../../src/engine/enforcement/manifest.js';
import { serverOfApplication } from '../../support/application-server.js';
import { ADMIN_USER } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

type Loose = any;
const PARTS = {
  engine: 'Engine',
  dataStore: 'DataStore',
  definitions: 'ModelsDatastore',
  cache: 'CacheManager',
  cron: 'Cron',
} as const;
const OPTIONS = { store: { memory: true }, env: {} } as const;
const MODEL = model([start(), task('do'), end()]);

/** What comes of looking at a member and, where it is a function, calling it. */
async function outcome(part: Loose, name: string): Promise<string> {
  try {
    const member = part[name];
    await (typeof member === 'function' ? member.call(part, {}, {}) : member);
    return 'answered';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const members = (): [part: string, name: string][] =>
  Object.entries(PARTS).flatMap(([part, entry]) =>
    Object.entries(MANIFEST[entry] ?? {})
      .filter(([, coverage]) => !('absent' in coverage))
      .map(([name]): [string, string] => [part, name]),
  );

beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => undefined));

describe('a server that a guard takes over', () => {
  let server: Loose;
  let held: Record<string, Loose>;
  let guard: Guard;
  const early: string[] = [];
  beforeAll(async () => {
    server = serverOfApplication();
    held = Object.fromEntries(Object.keys(PARTS).map((part) => [part, server[part]]));
    const making = createGuard({ ...OPTIONS, server });
    // All of them are asked in this very moment; only then is anything waited for.
    const asked = members().flatMap(([part, name]) =>
      [server[part], ...(part === 'cache' || part === 'cron' ? [] : [held[part]])].map(
        (target) => [`${part}.${name}`, outcome(target, name)] as const,
      ),
    );
    for (const [name, what] of asked) early.push(`${name}: ${await what}`);
    guard = await making;
    await guard.api.model.save('Mine', MODEL, null, ADMIN_USER);
  });
  afterAll(() => guard.close());

  test('refuses every call before createGuard has completed, with a code of its own', async () => {
    const other = serverOfApplication();
    const { engine } = other;
    const making = createGuard({ ...OPTIONS, server: other });
    const refused = {
      code: 'not-ready',
      status: 503,
      message: expect.stringContaining('await createGuard'),
    };
    await expect(other.engine.start('Mine', {}, null, 'root')).rejects.toMatchObject(refused);
    await expect(engine.start('Mine', {}, null, 'root')).rejects.toMatchObject(refused);
    expect(() => other.cache.list()).toThrow(expect.objectContaining({ code: 'not-ready' }));
    expect(() => (other.dataStore.enableSavePoints = true)).toThrow(
      expect.objectContaining({ code: 'not-ready' }),
    );
    await (await making).close();
  });

  test('answers through none of its members before', () => {
    expect(early.length).toBeGreaterThan(100);
    expect(early.filter((line) => !line.endsWith(': not-ready'))).toEqual([]);
  });

  test('is enforced afterwards, also through parts that code obtained before', async () => {
    for (const { engine, dataStore, definitions } of [server, held]) {
      await expect(engine.start('Mine')).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(dataStore.findItems({})).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(definitions.load('Mine')).rejects.toMatchObject({ code: 'unauthenticated' });
      await guard.runAs({ userName: 'ann' }, async () => {
        const { id } = await engine.start('Mine', { days: 1 });
        expect(await dataStore.findItems({ id, 'items.elementId': 'do' })).toHaveLength(1);
        expect((await definitions.load('Mine')).getStartNode().id).toBe('start');
        await expect(dataStore.db.find()).rejects.toMatchObject({ code: 'forbidden' });
        await expect(dataStore.saveInstance({})).rejects.toMatchObject({ code: 'forbidden' });
        await expect(definitions.deleteModel('Mine')).rejects.toMatchObject({ code: 'forbidden' });
      });
    }
    expect(held.dataStore.enableSavePoints).toBe(false);
    expect(() => (held.dataStore.enableSavePoints = true)).toThrow(/keep: { savePoints/);
    expect([server.cache.list(), held.cache.list()]).toEqual([[], []]);
  });
});

describe('a server whose guard could not be made', () => {
  test('keeps refusing until a guard has taken it over', async () => {
    const server = serverOfApplication();
    const { engine } = server;
    for (const options of [
      { polcies: [] },
      { store: { folder: '' } },
      { env: { ENFORCE_SECURITY: 'perhaps' } },
    ]) {
      await expect(createGuard({ ...OPTIONS, server, ...options } as never)).rejects.toThrow();
      for (const part of [server.engine, engine])
        await expect(part.start('Mine')).rejects.toMatchObject({
          code: 'not-ready',
          message: expect.stringContaining('could not be created'),
        });
    }
    const guard = await createGuard({ ...OPTIONS, server });
    try {
      await guard.api.model.save('Mine', MODEL, null, ADMIN_USER);
      for (const part of [server.engine, guard.server.engine])
        await expect(guard.runAs(ADMIN_USER, () => part.start('Mine'))).resolves.toMatchObject({
          status: 'running',
        });
      await expect(engine.start('Mine')).rejects.toMatchObject({ code: 'not-ready' });
    } finally {
      await guard.close();
    }
  });
});
