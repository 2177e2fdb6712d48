import { apiKeys, type Store } from 'bpmn-guard';
import { call, end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { Guards, person } from '../support/guards.js';
import type * as Opening from '../../src/store/open.js';
import { Prepared, run } from './running.js';

/** What fails in the stores that the command line opens. */
let failing: (store: Store) => Partial<Store> = () => ({});

jest.mock('../../src/store/open.js', () => {
  const actual = jest.requireActual<typeof Opening>('../../src/store/open.js');
  return {
    ...actual,
    openStore: async (options: never) => {
      const store = await actual.openStore(options);
      return { ...store, ...failing(store) };
    },
  };
});

const FULL = (): Promise<never> => Promise.reject(new Error('the disk is full'));
const unwritten = ({ audit }: Store): Partial<Store> => ({ audit: { ...audit, append: FULL } });
/** The first write fails, later ones do not. */
function onceUnwritten({ audit }: Store): Partial<Store> {
  let isFirst = true;
  const append: typeof audit.append = async (rows) => {
    if (!isFirst) return audit.append(rows);
    isFirst = false;
    return FULL();
  };
  return { audit: { ...audit, append } };
}
const ENDS = model([start(), end()]);
const WAITS = model([start(), task('t'), end()]);
const CALLS = model([start(), call('c', 'WAITS'), end()]);

onStores('A command that fails in the middle', (kind) => {
  const guards = new Guards(kind);
  const on = new Prepared(guards);
  const inStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    failing = () => ({});
    const { openStore } = await import('../../src/store/open.js');
    const store = await openStore(on.place.options);
    return work(store).finally(() => store.close());
  };
  const entries = (name: string): Promise<unknown[]> =>
    inStore(async (store) =>
      (await store.audit.find({ limit: 100 })).filter(({ resource }) => resource.name === name),
    );
  afterEach(() => (failing = () => ({})));

  test('records and tells how many instances are in the archive, and none follows afterwards', async () => {
    const { guard } = await guards.open({ place: on.place, models: { ENDS } });
    for (let n = 0; n < 5; n++) await guard.as(person('ann')).engine.start('ENDS', {});
    await guard.close();
    let left = 3;
    failing = ({ instances }) => {
      const archive: typeof instances.archive = (rows) => (left-- > 0 ? instances.archive(rows) : FULL());
      return { instances: { ...instances, archive } };
    };
    const stopped = await run(['archive', '--ended-before', '2999-01-01', ...on.at]);
    expect(stopped).toEqual({
      code: 1,
      out: ['3 instances archived.'],
      err: ['Failed: the disk is full'],
    });
    expect(await inStore((store) => store.instances.count({ filter: {} }))).toBe(2);
    expect(await entries('archive instances')).toEqual([expect.objectContaining({ count: 3 })]);
  });

  test('records that an instance was stopped, though what it has called still runs', async () => {
    const { guard } = await guards.open({ place: on.place, models: { CALLS, WAITS } });
    const { id } = await guard.as(person('ann')).engine.start('CALLS', {});
    await guard.close();
    failing = ({ instances }) => ({ instances: { ...instances, find: FULL } });
    const stopped = await run(['work', 'stop', id, ...on.at]);
    expect([stopped.code, stopped.err]).toEqual([1, ['Failed: the disk is full']]);
    expect(await entries('stop instance')).toEqual([
      expect.objectContaining({ resource: expect.objectContaining({ id }) as unknown }),
    ]);
  });

  test('says that it is done where only the audit trail could not be written', async () => {
    failing = unwritten;
    const added = await run(['user', 'add', 'ann', '--without-password', ...on.at]);
    const why =
      'Done, but not in the audit trail, which could not be written: add user ann: the disk is full';
    expect(added).toEqual({ code: 1, out: [], err: [why] });
  });

  test('goes on to the next model where one could not be recorded', async () => {
    const [a, b] = [on.put('A.bpmn', ENDS), on.put('B.bpmn', ENDS)];
    failing = onceUnwritten;
    const { code, out, err } = await run(['models', 'import', a, b, ...on.at]);
    expect([code, out]).toEqual([1, ['added  A', 'added  B']]);
    expect(err).toEqual([expect.stringContaining('import model A: the disk is full')]);
  });

  test('leaves no key in use whose text nobody has been given', async () => {
    failing = onceUnwritten;
    const { code, out, err } = await run(['key', 'create', 'ci', ...on.at]);
    expect([code, out]).toEqual([1, []]);
    expect(err).toEqual([expect.stringMatching(/handed over, so it is revoked: .*the disk is full$/)]);
    const [key] = await inStore((store) => apiKeys(store, { env: {} }).list());
    expect(key).toMatchObject({ name: 'ci', revoked: expect.any(Date) as Date });
    expect(await entries('revoke key')).toHaveLength(1);
  });

  test('names a key that could neither be handed over nor revoked', async () => {
    let writes = 1;
    failing = (store) => ({
      ...unwritten(store),
      values: (kept) => {
        const found = store.values(kept);
        const set: typeof found.set = (...row) => (writes-- > 0 ? found.set(...row) : FULL());
        return { ...found, set };
      },
    });
    const { code, err } = await run(['key', 'create', 'ci', ...on.at]);
    expect(code).toBe(1);
    expect(err.at(-1)).toContain('Nor could it be revoked: the disk is full');
    expect(err.at(-1)).toContain('bpmn-guard key revoke ci');
  });
});
