import { beginsWith, DataPaths } from '../../../src/engine/execution/data-paths.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { Retries } from '../../../src/engine/execution/retries.js';
import type { Store } from '../../../src/store/port.js';
import { SILENT } from '../../support/guards.js';

/** A store of values, each of whose reads is answered when the test says so. */
function slowValues() {
  const list = [{ path: 'store', tenantId: null }];
  const waiting: (() => void)[] = [];
  const entries = (): Promise<[string, unknown][]> => {
    const found = list.map((one, at): [string, unknown] => [String(at), one]);
    return new Promise((resolve) => waiting.push(() => resolve(found)));
  };
  const values = () => ({ entries, get: async () => ({ complete: 2 }) });
  return { list, waiting, store: { values } as unknown as Store };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a reading that was answered late is not taken for a list that somebody has shortened', async () => {
  const { list, waiting, store } = slowValues();
  const error = jest.fn();
  const logger = { ...SILENT, error };
  const paths = new DataPaths(store, new Retries(new Contexts(), logger), logger);
  const early = paths.refresh();
  await turn();
  list.push({ path: 'region', tenantId: null });
  const late = paths.refresh();
  await turn();
  for (; waiting.length > 0; await turn()) waiting.pop()?.();
  await Promise.all([early, late]);
  expect([paths.list, paths.searched]).toEqual([
    ['store', 'region'],
    ['store', 'region'],
  ]);
  expect(error).not.toHaveBeenCalled();
});

test('an instance is marked for a list, and perhaps more, only if its paths begin with those of the list', () => {
  expect([beginsWith(['a', 'b'], ['a']), beginsWith(['a'], []), beginsWith(['a'], ['a'])]).toEqual([
    true,
    true,
    true,
  ]);
  expect([beginsWith(['b'], ['a']), beginsWith(['a', 'b'], ['a', 'c']), beginsWith([], ['a'])]).toEqual([
    false,
    false,
    false,
  ]);
});
