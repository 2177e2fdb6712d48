import { changedSet, compileSet, readChanges } from '../../src/core/policy-kinds.js';
import { PolicySet } from '../../src/core/policy-set.js';

const change = (kind: string, id: string, value: unknown) => readChanges([{ kind, id, value }]);
const rule = (on: object) => ({ effect: 'Allow', users: 'all', privilege: 'View', on });
const FIRST = changedSet(PolicySet.EMPTY, [
  ...change('grid-rule', 'a', rule({ process: 'A' })),
  ...change('duty', 'd', { duty: 'not-initiator', model: 'A' }),
  ...change('security-role', 'clerk', { rights: ['Model:Read'] }),
]);
const compiled = compileSet(FIRST);
const after = (kind: string, id: string, value: unknown) => {
  const set = changedSet(FIRST, change(kind, id, value));
  const { policies: _all, ...now } = compileSet(set, {}, { set: FIRST, compiled });
  return Object.entries(now).flatMap(([name, part]) =>
    part === compiled[name as keyof typeof now] ? [] : [name],
  );
};

test.each([
  ['a security role', 'security-role', 'clerk', { rights: [] }, ['securityRoles']],
  ['a duty', 'duty', 'd', { duty: 'not-initiator', model: 'B' }, ['duties']],
  // What a grid rule shows, a duty does not hide.
  ['a rule of the grid', 'grid-rule', 'a', rule({ process: 'B' }), ['duties', 'grid']],
  ['a label of the grid', 'grid-label', 'l', { multiple: 2 }, ['duties', 'grid']],
])('a change of %s recompiles only what depends on it', (_what, kind, id, value, parts) => {
  expect(after(kind, id, value).sort()).toEqual(parts);
});

test('a set decides the same whether or not another was compiled before it', () => {
  const set = changedSet(FIRST, change('grid-rule', 'a', null));
  expect(compileSet(set, {}, { set: FIRST, compiled }).policies.map(({ name }) => name)).toEqual(
    compileSet(set).policies.map(({ name }) => name),
  );
});
