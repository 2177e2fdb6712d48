import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

type Members = Record<string, (...args: unknown[]) => Promise<never>>;
type Found = Record<string, unknown> & {
  readonly id: string;
  readonly items: { readonly elementId: string }[];
};

const SOURCE = model([start(), task('t', { assignee: 'ann' }), end()]);
const TWO = model([start(), task('t'), end(), { ...start({}, '', 'late'), flow: false }]);
const guards = new Guards('embedded');

const facadeOf = ({ server }: Guard): Record<'engine' | 'dataStore' | 'definitions' | 'cache', Members> =>
  server as never;
const told = async (work: Promise<unknown>): Promise<string> => {
  const { code, message } = await refusal(work);
  return `${code}: ${message}`;
};

test('the engine of the server starts at the event that is named third', async () => {
  const guard = await guards.make({ models: { Two: TWO } });
  const { engine } = facadeOf(guard);
  await guard.runAs(ADMIN_USER, async () => {
    const at = async (...args: unknown[]): Promise<string | undefined> =>
      ((await engine.start?.('Two', {}, ...args)) as unknown as Found).items[0]?.elementId;
    expect([await at(), await at(null), await at('late')]).toEqual(['start', 'start', 'late']);
    const { id } = (await engine.start?.('Two', {})) as unknown as Found;
    expect(await engine.get?.({ id })).toMatchObject({ id, name: 'Two' });
    expect(await engine.invokeItem?.({ id, 'items.elementId': 't' }, { x: 1 })).toMatchObject({
      status: 'end',
    });
  });
});

test('the data store of the server finds one or says that there is none, or several', async () => {
  const guard = await guards.make({ models: { M: SOURCE } });
  const { dataStore, cache } = facadeOf(guard);
  await guard.runAs(ADMIN_USER, async () => {
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) ids.push((await guard.api.engine.start('M', { n })).id);
    const [id = '', other = ''] = ids;
    expect(await dataStore.findItem?.({ id, 'items.elementId': 't' })).toMatchObject({ instanceId: id });
    expect(await told(dataStore.findItem?.({ id: 'none' }) as never)).toBe(
      'not-found: No such task, or it is not yours to see.',
    );
    expect(await dataStore.findInstance?.({ id })).toMatchObject({ id, data: { n: 0 } });
    expect(await told(dataStore.findInstance?.({ id: 'none' }) as never)).toBe(
      'not-found: No such instance, or it is not yours to see.',
    );
    expect(await told(dataStore.findInstance?.({}) as never)).toBe(
      'bad-query: The query matches several instances; exactly one is needed.',
    );
    const loaded = (await dataStore.loadInstance?.(id)) as unknown as { instance: Found; items: unknown[] };
    expect(loaded).toMatchObject({ instance: { id, source: SOURCE } });
    expect(loaded.items).toEqual(loaded.instance.items);
    expect(loaded.items).not.toBe(loaded.instance.items);
    expect(await dataStore.findInstances?.({})).toHaveLength(2);
    expect(await dataStore.find?.({ limit: 1 })).toMatchObject({ data: [{ id: other }] });
    expect(await dataStore.archive?.({ id })).toEqual({ deletedCount: 1 });
    expect(await dataStore.deleteInstances?.({})).toEqual({ deletedCount: 1 });
    expect(cache.list?.()).toEqual([]);
    expect(cache.getInstance?.()).toBeNull();
  });
});

describe('the definitions of the server', () => {
  const OWNER =
    'bad-request: The owner of a model is the tenant of the caller: leave it out, or call as a user of that tenant.';

  test('are saved, read, renamed, exported and deleted as models of the caller', async () => {
    const guard = await guards.make();
    const { definitions } = facadeOf(guard);
    const folder = mkdtempSync(join(tmpdir(), 'guard-definitions-'));
    await guard.runAs(ADMIN_USER, async () => {
      expect(await definitions.save?.('A', SOURCE, '<svg/>')).toBe(true);
      expect(await definitions.saveModel?.({ name: 'B', source: SOURCE })).toBe(true);
      await definitions.import?.([
        { name: 'C', source: SOURCE },
        { name: 'D', source: TWO, svg: '<svg id="d"/>' },
      ]);
      expect(((await definitions.getList?.()) as never as Found[]).map(({ name }) => name).sort()).toEqual([
        ...'ABCD',
      ]);
      expect(await definitions.getSource?.('D')).toBe(TWO);
      const pictures = await Promise.all([...'ABD'].map((name) => definitions.getSVG?.(name)));
      expect(pictures).toEqual(['<svg/>', null, '<svg id="d"/>']);
      expect(await definitions.loadModel?.('A')).toMatchObject({ name: 'A', source: SOURCE });
      expect(await told(definitions.loadModel?.('None') as never)).toBe(
        'not-found: No such model, or it is not yours to see.',
      );
      expect(await definitions.load?.('A')).toMatchObject({ name: 'A' });
      expect(await definitions.findEvents?.({ name: 'D' })).toMatchObject([
        { elementId: 'start' },
        { elementId: 'late' },
      ]);
      expect(await definitions.renameModel?.('C', 'E')).toBe(true);
      expect(await definitions.deleteModel?.('E')).toBe(true);
      expect(await definitions.export?.('B', folder)).toEqual(['B']);
      expect(readdirSync(folder)).toEqual(['B.bpmn']);
      expect(((await definitions.get?.({})) as never as Found[]).map(({ name }) => name).sort()).toEqual([
        ...'ABD',
      ]);
    });
    rmSync(folder, { recursive: true });
  });

  test('take no owner but that of the caller, wherever one is named', async () => {
    const guard = await guards.make({ models: { A: SOURCE } });
    const { definitions } = facadeOf(guard);
    await guard.runAs(ADMIN_USER, async () => {
      const owned: Readonly<Record<string, unknown[]>> = {
        load: ['A'],
        getSource: ['A'],
        getSVG: ['A'],
        loadModel: ['A'],
        findEvents: [{}],
        save: ['A', SOURCE, null],
        deleteModel: ['A'],
        renameModel: ['A', 'B'],
        export: ['A', '/'],
        import: [{ name: 'A', source: SOURCE }],
        saveModel: [{ name: 'A', source: SOURCE }],
        loadFromInstance: [{ name: 'A' }],
      };
      for (const [name, args] of Object.entries(owned))
        expect([name, await told(definitions[name]?.(...args, 'acme') as never)]).toEqual([name, OWNER]);
      const both = [
        { name: 'B', source: SOURCE },
        { name: 'C', source: SOURCE, owner: 'acme' },
      ];
      expect(await told(definitions.import?.(both) as never)).toBe(OWNER);
      expect(await definitions.getList?.()).toHaveLength(1);
      expect(await definitions.getSource?.('A', null)).toBe(SOURCE);
    });
  });

  test('are loaded with the source of an instance only as that is stored', async () => {
    const guard = await guards.make({ models: { A: SOURCE } });
    const { definitions } = facadeOf(guard);
    await guard.runAs(ADMIN_USER, async () => {
      const { id } = await guard.api.engine.start('A', {});
      await guard.api.model.save('A', TWO);
      const nodes = async (given: object): Promise<unknown> =>
        JSON.stringify(await definitions.loadFromInstance?.(given));
      const own = await nodes({ id, name: 'A', source: SOURCE });
      expect(own).not.toContain('late');
      expect(await nodes({ id, name: 'A' })).toContain('late');
      for (const given of [
        { id, name: 'A', source: TWO },
        { id: 'none', name: 'A', source: SOURCE },
        { name: 'A', source: SOURCE },
      ])
        expect(await told(definitions.loadFromInstance?.(given) as never)).toBe(
          'bad-request: The source is not the one stored with this instance.',
        );
    });
  });
});

test('the switches of the data store are read there, and set where the guard is made', async () => {
  const guard = await guards.make({ keep: { savePoints: true, logs: true, source: true } });
  const store = facadeOf(guard).dataStore as Record<string, unknown>;
  for (const [name, option] of [
    ['enableSavePoints', 'savePoints'],
    ['saveLogs', 'logs'],
    ['saveSource', 'source'],
  ] as const) {
    expect([name, store[name], Object.keys(store).includes(name)]).toEqual([name, true, true]);
    store[name] = true;
    expect(() => (store[name] = false)).toThrow(
      expect.objectContaining({
        code: 'bad-configuration',
        message: `${name} is set by createGuard({ keep: { ${option}: true or false } }).`,
      }),
    );
    expect(store[name]).toBe(true);
  }
  expect(store.dbConfiguration).toEqual({});
});

test('the clock of the server is not wound up from outside', async () => {
  const { server } = await guards.make();
  const { cron } = server as unknown as Record<'cron', Members>;
  expect(await cron.checkTimers?.()).toBeUndefined();
  expect(await told(cron.start?.() as never)).toMatch(/^(forbidden|unauthenticated): /);
});
