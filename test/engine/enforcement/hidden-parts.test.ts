import { eq, EVERYTHING, NOTHING, or } from '../../../src/core/condition/condition.js';
import { HiddenFields } from '../../../src/core/fields/hidden-fields.js';
import { SecureUser } from '../../../src/core/principal.js';
import { scopeOf } from '../../../src/core/decision/scope.js';
import { hiddenParts, hiddenPeople } from '../../../src/engine/enforcement/hidden-parts.js';

const WAITING = eq('item.status', 'wait');
const ann = new SecureUser({ userName: 'ann' });

test.each<[string, ReturnType<typeof hiddenPeople>, unknown[]]>([
  [
    'some',
    hiddenPeople(scopeOf(WAITING), 'ann'),
    [
      WAITING,
      WAITING,
      or(WAITING, eq('item.assignee', 'ann')),
      or(WAITING, eq('item.guard.completedBy', 'ann')),
      undefined,
    ],
  ],
  [
    'no',
    hiddenPeople(scopeOf(NOTHING), 'ann'),
    [NOTHING, NOTHING, eq('item.assignee', 'ann'), eq('item.guard.completedBy', 'ann'), undefined],
  ],
  [
    'all',
    hiddenPeople(scopeOf(EVERYTHING), 'ann'),
    [EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, undefined],
  ],
])('who sees the people of %s tasks sees herself in all', (_what, shows, expected) => {
  const fields = ['candidateUsers', 'candidateGroups', 'assignee', 'guard.completedBy', 'status'];
  expect(fields.map((field) => shows(field))).toEqual(expected);
});

test('a condition is made once for a field', () => {
  const shows = hiddenPeople(scopeOf(WAITING), 'ann');
  expect(shows('assignee')).toBe(shows('assignee'));
});

test('people are hidden in items, fields in the instance', () => {
  const people = hiddenPeople(scopeOf(WAITING), 'ann');
  const fields = HiddenFields.of([{ field: 'data.x', unless: eq('instance.name', 'M') }], ann);
  expect(hiddenParts(undefined, undefined)).toBeUndefined();
  const both = hiddenParts(people, fields);
  expect(both?.shows('item', 'candidateUsers')).toEqual(WAITING);
  expect(both?.shows('row', 'candidateUsers')).toBeUndefined();
  expect(both?.shows('row', 'data.x')).toEqual(eq('instance.name', 'M'));
  expect(both?.shows('item', 'data.x')).toBeUndefined();
  expect(hiddenParts(people, undefined)?.shows('row', 'data.x')).toBeUndefined();
  expect(hiddenParts(people, undefined)?.shows('item', 'candidateUsers')).toEqual(WAITING);
  expect(hiddenParts(undefined, fields)?.shows('row', 'data.x')).toEqual(eq('instance.name', 'M'));
  expect(hiddenParts(undefined, fields)?.shows('item', 'assignee')).toBeUndefined();
});
