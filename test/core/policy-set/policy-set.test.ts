import { PolicySet } from '../../../src/core/policy-set/policy-set.js';

const put = (kind: string, id: string, value: unknown = {}) => ({ kind, id, value });
const remove = (kind: string, id: string) => ({ kind, id, value: null });

test('a change creates a new set and leaves the old one unchanged', () => {
  const first = PolicySet.EMPTY.with(1, [put('rule', 'a', 1), put('rule', 'b', 2), put('role', 'a', 3)]);
  const second = first.with(2, [remove('rule', 'a'), put('rule', 'b', 4)]);
  expect([...first.of('rule')]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...second.of('rule')]).toEqual([['b', 4]]);
  expect([first.version, first.size, second.version, second.size]).toEqual([1, 3, 2, 2]);
  expect(PolicySet.EMPTY.size).toBe(0);
});

test('unchanged kinds stay the same object, so that results derived from them can be cached', () => {
  const first = PolicySet.EMPTY.with(1, [put('rule', 'a'), put('role', 'a')]);
  const second = first.with(2, [put('rule', 'b')]);
  expect(second.of('role')).toBe(first.of('role'));
  expect(second.of('rule')).not.toBe(first.of('rule'));
  expect(second.of('section')).toBe(first.of('section'));
});

test('changes are applied in order', () => {
  const set = PolicySet.EMPTY.with(1, [put('rule', 'a', 1), remove('rule', 'a'), put('rule', 'a', 2)]);
  expect([...set.of('rule')]).toEqual([['a', 2]]);
});

test('all entries, applied as changes, recreate the same set', () => {
  const set = PolicySet.EMPTY.with(3, [put('rule', 'a', 1), put('role', 'a', 2), put('rule', 'b', 3)]);
  const again = PolicySet.EMPTY.with(3, [...set.changes()]);
  expect([...again.changes()]).toEqual([...set.changes()]);
});

describe('an entry', () => {
  const from = (kind: string, id: string, file?: string) => ({
    kind,
    id,
    value: { list: [1] },
    ...(file === undefined ? {} : { file }),
  });

  test('knows the file that it comes from, until it is removed or changed without one', () => {
    const set = PolicySet.EMPTY.with(1, [
      from('rule', 'a', 'one.yaml'),
      from('role', 'a'),
      from('rule', 'b', 'two.yaml'),
    ]);
    expect([set.fileOf('rule', 'a'), set.fileOf('role', 'a'), set.fileOf('rule', 'c')]).toEqual([
      'one.yaml',
      undefined,
      undefined,
    ]);
    expect(set.fileOf('rul', 'ea')).toBeUndefined();
    const later = set.with(2, [{ kind: 'rule', id: 'a', value: null, file: 'one.yaml' }, from('rule', 'b')]);
    expect([later.fileOf('rule', 'a'), later.fileOf('rule', 'b')]).toEqual([undefined, undefined]);
    expect(set.fileOf('rule', 'b')).toBe('two.yaml');
  });

  test('is told with its file among the changes, and without one if it has none', () => {
    const changes = [from('rule', 'a', 'one.yaml'), from('rule', 'b')];
    expect([...PolicySet.EMPTY.with(1, changes).changes()]).toStrictEqual(changes);
  });

  test('cannot be changed, at any depth', () => {
    const value = PolicySet.EMPTY.with(1, [from('rule', 'a')])
      .of('rule')
      .get('a') as { list: number[] };
    expect([Object.isFrozen(value), Object.isFrozen(value.list)]).toEqual([true, true]);
    const bare = PolicySet.EMPTY.with(1, [{ kind: 'rule', id: 'a', value: 'text' }]);
    expect(bare.of('rule').get('a')).toBe('text');
  });
});

test('a set has the kinds and the number of its entries', () => {
  const value = 1;
  const set = PolicySet.EMPTY.with(4, [
    { kind: 'rule', id: 'a', value },
    { kind: 'rule', id: 'b', value },
    { kind: 'role', id: 'a', value },
  ]);
  expect([set.version, set.size, set.kinds]).toEqual([4, 3, ['rule', 'role']]);
  expect(set.with(5, [{ kind: 'role', id: 'a', value: null }]).kinds).toEqual(['rule']);
  expect([PolicySet.EMPTY.version, PolicySet.EMPTY.size, PolicySet.EMPTY.kinds]).toEqual([0, 0, []]);
});
