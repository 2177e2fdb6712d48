import {
  eq,
  exists,
  isIn,
  ne,
  overlaps,
  compare,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { SecureUser } from '../../../src/core/principal.js';
import { isUserTest, userTest, type UserTest } from '../../../src/core/evaluation/user-test.js';

const ann = new SecureUser({
  userName: 'ann',
  userGroups: ['staff', 'hr'],
  attributes: { level: 3, regions: ['north', 'east'] },
});
const holds = (condition: Condition, negated = false): boolean => {
  if (!isUserTest(condition)) throw new Error('It is no test of the principal.');
  return userTest(condition, negated)(ann);
};

test.each<[what: string, condition: Condition, is: boolean]>([
  ['the name', eq('user.userName', 'ann'), true],
  ['the name', eq('user.userName', 'bob'), false],
  ['another name', ne('user.userName', 'bob'), true],
  ['another name', ne('user.userName', 'ann'), false],
  ['a group', eq('user.userGroups', 'hr'), true],
  ['a group', eq('user.userGroups', 'it'), false],
  ['no such group', ne('user.userGroups', 'it'), true],
  ['no such group', ne('user.userGroups', 'hr'), false],
  ['one of some groups', overlaps('user.userGroups', ['it', 'hr']), true],
  ['one of some groups', overlaps('user.userGroups', ['it']), false],
  ['one of some regions', isIn('user.regions', ['east']), true],
  ['one of some regions', isIn('user.regions', ['west']), false],
  ['more than', compare('gt', 'user.level', 2), true],
  ['more than', compare('gt', 'user.level', 3), false],
  ['at least', compare('gte', 'user.level', 3), true],
  ['at least', compare('gte', 'user.level', 4), false],
  ['less than', compare('lt', 'user.level', 4), true],
  ['less than', compare('lt', 'user.level', 3), false],
  ['at most', compare('lte', 'user.level', 3), true],
  ['at most', compare('lte', 'user.level', 2), false],
  ['that there is one', exists('user.level'), true],
  ['that there is one', exists('user.shift'), false],
  ['that there is none', exists('user.shift', false), true],
  ['that there is none', exists('user.level', false), false],
])('a test of the principal for %s: %j is %s', (_what, condition, is) => {
  expect(holds(condition)).toBe(is);
  expect(holds(condition, true)).toBe(is);
});

test('a value that the principal lacks makes the test false, and true below a negation', () => {
  for (const condition of [
    eq('user.shift', 'day'),
    ne('user.shift', 'day'),
    compare('lt', 'user.shift', 1),
    isIn('user.shift', ['day']),
  ])
    expect([holds(condition), holds(condition, true)]).toEqual([false, true]);
});

test('a field of the resource is no test of the principal', () => {
  expect([isUserTest(eq('item.user.x', 1)), isUserTest(eq('users.x', 1))]).toEqual([false, false]);
});

test.each<[what: string, condition: Condition, message: string]>([
  ['one value', eq('user.level', { ref: 'data', path: 'x' }), 'with constants only'],
  ['a list', isIn('user.level', { ref: 'data', path: 'x' }), 'with constants only'],
  [
    'elements',
    { op: 'some', field: 'user.list', where: eq('item.x', 1) },
    'Condition some cannot be evaluated on user.list',
  ],
])('it compares with constants only: %s', (_what, condition, message) => {
  expect(() => userTest(condition as UserTest, false)).toThrow(new RegExp(message));
  expect(() => userTest(condition as UserTest, false)).toThrow(TypeError);
});
