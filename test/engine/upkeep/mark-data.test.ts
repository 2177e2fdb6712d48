import { isDeepStrictEqual } from 'node:util';
import { parseCondition, SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { MARKS_FORMAT } from '../../../src/core/marks/mark.js';
import { MOST_DATA_PATHS } from '../../../src/core/marks/data-marks.js';
import { deriveFacts } from '../../../src/engine/model/derive.js';
import { reindex } from '../../../src/engine/upkeep/reindex.js';
import type { InstanceGuard } from '../../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, refusal } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODELS = { M: model([start(), task('t', { candidateGroups: 'nobody' }), end()]) };

/** Rules that permit reading by data. */
const reading = (...paths: string[]): Policy => ({
  name: 'regions',
  answer: (_principal, operation) =>
    operation === 'task:read' || operation === 'instance:read'
      ? {
          permissive: paths.map((path) => ({
            id: path,
            says: `your ${path}`,
            when: parseCondition({ [`data.${path}`]: '$user.region' }),
          })),
        }
      : {},
});

const of = (region: unknown): SecureUser => new SecureUser({ userName: 'rita', attributes: { region } });
const NORTH = of('north');

const startIn = (guard: Guard, data: Record<string, unknown>): Promise<string> =>
  guard.api.engine.start('M', data, ADMIN_USER).then(({ id }) => id);
const listed = async (guard: Guard, who = NORTH): Promise<string[]> =>
  (await guard.api.data.findInstances({}, who)).map(({ id }) => id).sort();
const marksOf = async (guard: Guard, id: string): Promise<string[]> => {
  const { read = [], open = [] } = (await guard.store.instances.load(id))?.guard ?? {};
  expect(open.filter((mark) => /\|[dp]:/.test(mark))).toEqual(read.filter((mark) => /\|[dp]:/.test(mark)));
  return read.filter((mark) => /\|[dp]:/.test(mark));
};
const isMarked = (guard: Guard, id: string, ...marks: string[]): Promise<boolean> =>
  eventually(async () =>
    isDeepStrictEqual(
      await marksOf(guard, id),
      marks.map((mark) => `|${mark}`),
    ),
  );
const areAllMarked = (guard: Guard, paths: number): Promise<boolean> =>
  eventually(async () =>
    isDeepStrictEqual(await guard.store.values('guard').get('dataMarked'), { complete: paths }),
  );

/** Writes an instance as a process does that knows these paths, or with other changes to its guard. */
async function write(
  guard: Guard,
  id: string,
  dataPaths: readonly string[],
  changes = {},
): Promise<InstanceGuard> {
  const instance = await guard.store.instances.load(id);
  if (instance?.guard === undefined) throw new Error('No guard');
  deriveFacts(instance, Object.assign(instance.guard, { dataPaths }));
  const written = { ...instance.guard, ...changes };
  await guard.store.instances.update(id, written.rev, { guard: written });
  return written;
}

onStores('Marks of data that rules compare', (kind) => {
  const guards = new Guards(kind);

  test('are added to stored instances in the background, and at once to those that are written later', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region')] });
    const north = await startIn(guard, { region: 'north' });
    const south = await startIn(guard, { region: 'south' });
    expect([await marksOf(guard, north), await marksOf(guard, south)]).toEqual([['|p:0'], ['|p:0']]);
    expect(await listed(guard)).toEqual([north]);
    await isMarked(guard, north, 'd:region="north', 'p:1');
    await isMarked(guard, south, 'd:region="south', 'p:1');
    const later = await startIn(guard, { region: ['east', 'north'] });
    expect(await marksOf(guard, later)).toEqual(['|d:region="east', '|d:region="north', '|p:1']);
    expect(await listed(guard)).toEqual([north, later].sort());
    expect(await listed(guard, of('east'))).toEqual([later]);
    expect((await guard.health()).unmarked).toEqual([]);
  });

  test('follow the data, also where a command changes nothing else', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region')] });
    const id = await startIn(guard, { region: 'south' });
    expect(await listed(guard)).toEqual([]);
    await isMarked(guard, id, 'd:region="south', 'p:1');
    await guard.api.engine.assign({ id, 'items.elementId': 't' }, { region: 'north' }, {}, ADMIN_USER);
    const stored = await guard.store.instances.load(id);
    expect(await listed(guard)).toEqual(stored?.data?.region === 'north' ? [id] : []);
    expect(await marksOf(guard, id)).toEqual([`|d:region="${String(stored?.data?.region)}`, '|p:1']);
  });

  test('are not missed where an instance is marked for fewer paths than others', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region', 'other')] });
    const ids = [await startIn(guard, { other: 'north' }), await startIn(guard, { region: 'north' })].sort();
    expect(await listed(guard)).toEqual(ids);
    await areAllMarked(guard, 2);
    // As another process writes them that does not know the second path yet, or neither.
    for (const known of [['region'], []]) {
      for (const id of ids) await write(guard, id, known);
      for (const id of ids) expect(await marksOf(guard, id)).toContain(`|p:${known.length}`);
      expect(await listed(guard)).toEqual(ids);
    }
  });

  test('are kept by a process that knows fewer paths', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region')] });
    const id = await startIn(guard, { region: 'north' });
    await listed(guard);
    await isMarked(guard, id, 'd:region="north', 'p:1');
    await write(guard, id, ['region', 'later']);
    await guard.api.engine.assign({ id, 'items.elementId': 't' }, { later: 'x' }, {}, ADMIN_USER);
    expect(await marksOf(guard, id)).toEqual(expect.arrayContaining(['|d:region="north', '|p:2']));
  });

  test('are completed by the next process, if one has ended before all were written', async () => {
    const place = guards.place();
    const first = await guards.make({ place, models: MODELS });
    const id = await startIn(first, { region: 'north' });
    expect(await first.store.values('dataPaths').add('0', { path: 'region', tenantId: null })).toBe(true);
    await first.close();
    const second = await guards.make({ place, policies: [reading('region')] });
    await isMarked(second, id, 'd:region="north', 'p:1');
    await areAllMarked(second, 1);
  });

  test('are made anew where an instance is marked for the paths of another list, as from a backup', async () => {
    const place = guards.place();
    const first = await guards.make({ place, models: MODELS, policies: [reading('region')] });
    const id = await startIn(first, { second: 'north' });
    await listed(first);
    await isMarked(first, id, 'p:1');
    await write(first, id, ['region', 'lost']);
    await first.close();
    const second = await guards.make({ place, policies: [reading('region', 'second')] });
    expect(await listed(second)).toEqual([id]);
    await isMarked(second, id, 'd:second="north', 'p:2');
  });

  test('are continued behind the instance at which a process has stopped', async () => {
    const place = guards.place();
    const first = await guards.make({ place, models: MODELS });
    const ids = [await startIn(first, { region: 'north' }), await startIn(first, { region: 'north' })];
    const [older, newer] = await Promise.all(ids.map((id) => first.store.instances.load(id)));
    await first.store.values('dataPaths').add('0', { path: 'region', tenantId: null });
    const pass = { paths: 1, after: String(newer?._id) };
    await first.store.values('guard').set('dataMarked', { complete: 0, pass });
    await first.close();
    const second = await guards.make({ place });
    await isMarked(second, older?.id ?? '', 'd:region="north', 'p:1');
    // Another pass finds what the first one has not looked at.
    await isMarked(second, newer?.id ?? '', 'd:region="north', 'p:1');
    await areAllMarked(second, 1);
  });

  test('stop at a number of paths, which is logged; the lists of other rules stay right', async () => {
    const paths = Array.from({ length: MOST_DATA_PATHS + 2 }, (_, at) => `path${at}`);
    const { guard, log } = await guards.open({ models: MODELS, policies: [reading(...paths)] });
    const ids = await Promise.all(paths.map((path) => startIn(guard, { [path]: 'north' })));
    expect(await listed(guard)).toEqual([...ids].sort());
    const said = 'a rule compares data for which lists have no marks: there are too many paths';
    await eventually(() => log.some(({ message }) => message === said));
    expect(await guard.store.values('dataPaths').entries()).toHaveLength(MOST_DATA_PATHS);
    expect(await listed(guard)).toEqual([...ids].sort());
  });

  test('are left to `reindex` where an instance has the marks of another release', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region')] });
    const id = await startIn(guard, { region: 'north' });
    const older = await write(guard, id, [], { format: MARKS_FORMAT - 1 });
    await listed(guard);
    await areAllMarked(guard, 1);
    expect((await guard.store.instances.load(id))?.guard).toEqual(older);
  });

  test('are those of the values as they are stored, where a model puts others into the data', async () => {
    const text = 'this.token.execution.instance.data.region = { of: new Map([["place", "north"]]) };';
    const guard = await guards.make({
      models: { M: model([start(), script('s', text), task('t', { candidateGroups: 'nobody' }), end()]) },
      policies: [reading('region.of.place')],
    });
    const first = await startIn(guard, {});
    expect(await listed(guard)).toEqual([first]);
    await areAllMarked(guard, 1);
    const second = await startIn(guard, {});
    expect(await marksOf(guard, second)).toEqual(['|d:region.of.place="north', '|p:1']);
    expect(await listed(guard)).toEqual([first, second].sort());
  });

  test('are written by `reindex` too', async () => {
    const guard = await guards.make({ models: MODELS, policies: [reading('region')] });
    const id = await startIn(guard, { region: 'north' });
    await listed(guard);
    await areAllMarked(guard, 1);
    await write(guard, id, [], { format: MARKS_FORMAT - 1 });
    const load = (): Promise<never> => Promise.reject(new Error('no model is needed'));
    expect(await reindex(guard.store, { load })).toBe(true);
    expect(await marksOf(guard, id)).toEqual(['|d:region="north', '|p:1']);
  });

  test('are not mistaken for those of another list, where the list was lost', async () => {
    const place = guards.place();
    const first = await guards.make({ place, models: MODELS, policies: [reading('region')] });
    const id = await startIn(first, { region: 'north', branch: 'north' });
    await listed(first);
    await areAllMarked(first, 1);
    await first.store.values('dataPaths').delete('0');
    await first.store.values('guard').delete('dataMarked');
    await first.close();
    const second = await guards.make({ place, policies: [reading('branch')] });
    expect(await listed(second)).toEqual([id]);
    await areAllMarked(second, 2);
    const added = await second.store.values('dataPaths').entries();
    expect(added.map(([at, one]) => [at, (one as { path: string }).path])).toEqual([
      ['0', 'region'],
      ['1', 'branch'],
    ]);
    expect(await listed(second)).toEqual([id]);
  });

  test('of one tenant take no room of the others: its lists add four paths', async () => {
    const paths = Array.from({ length: 6 }, (_, at) => `path${at}`);
    const guard = await guards.make({ models: MODELS, policies: [reading(...paths)] });
    await guard.api.data.findInstances({}, new SecureUser({ ...NORTH, tenantId: 'acme' }));
    await areAllMarked(guard, 4);
    expect(await guard.store.values('dataPaths').entries()).toHaveLength(4);
    await listed(guard);
    await areAllMarked(guard, 6);
  });

  test('cannot be stated by a rule, which would find nothing where there are none', async () => {
    const { name, answer } = reading('region');
    const stating: Policy = {
      name,
      answer: (...question) => ({
        permissive: (answer(...question).permissive ?? []).map((rule) => ({
          ...rule,
          search: ['d:region="north' as 'm:x'],
        })),
      }),
    };
    const made = guards.make({ policies: [stating] });
    expect(await refusal(made)).toMatchObject({ code: 'bad-configuration' });
  });
});
