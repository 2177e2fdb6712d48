import {
  and,
  compare,
  eq,
  exists,
  isIn,
  ne,
  not,
  or,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { byCases } from '../../../src/core/condition/cases.js';
import { elementMark } from '../../../src/core/marks/mark.js';
import { marksOf, tenantOf } from '../../../src/core/marks/search.js';

const MINE = eq('item.assignee', 'ann');
const OF_CLAIM = eq('instance.name', 'Claim');
const TASK_T = eq('item.elementId', 'T');
const IS_TASK = eq('item.type', 'bpmn:UserTask');
const NO_TASK = ne('item.type', 'bpmn:UserTask');
const WAITS = eq('item.status', 'wait');
const T_OF_CLAIM = elementMark('Claim', 'T');

/** What is searched among the marks of waiting items, and among those of whole instances; undefined: everything is. */
test.each<[what: string, condition: Condition, open: unknown, read: unknown]>([
  ['an assignee', MINE, ['u:ann'], ['u:ann']],
  [
    'one of several candidates',
    isIn('item.candidateUsers', ['ann', 'bob']),
    ['u:ann', 'u:bob'],
    ['u:ann', 'u:bob'],
  ],
  ['candidate groups', overlaps('item.candidateGroups', ['hr']), ['g:hr'], ['g:hr']],
  ['who lent a task', eq('item.guard.owner', 'ann'), ['u:ann'], ['u:ann']],
  ['a model', OF_CLAIM, ['m:Claim'], ['m:Claim']],
  ['an open task', eq('item.guard.open', true), ['o:'], ['o:']],
  ['a task that is not open', eq('item.guard.open', false), undefined, undefined],
  ['who completed a task', eq('item.guard.completedBy', 'ann'), undefined, ['u:ann']],
  ['who started the instance', eq('instance.guard.startedBy', 'ann'), ['s:ann'], ['u:ann']],
  ['who started it, as an item has it', eq('item.guard.startedBy', 'ann'), ['s:ann'], ['u:ann']],
  [
    'who started it, of a closed item',
    and(eq('item.guard.startedBy', 'ann'), eq('item.guard.closed', true)),
    ['u:ann'],
    ['u:ann'],
  ],
  [
    'who started it, of an item that is not closed',
    and(eq('item.guard.startedBy', 'ann'), eq('item.guard.closed', false)),
    ['s:ann'],
    ['u:ann'],
  ],
  ['the holder of a label', eq('instance.guard.roles.Author', 'ann'), ['s:ann'], ['u:ann']],
  ['the holder of a case role', overlaps('instance.guard.caseHolders.users', ['ann']), undefined, ['u:ann']],
  [
    'a group with a case role',
    overlaps('instance.guard.caseRoles.owner.groups', ['hr']),
    undefined,
    ['g:hr'],
  ],
  [
    'a case role of a name with more parts',
    overlaps('instance.guard.caseRoles.a.b.groups', ['hr']),
    undefined,
    undefined,
  ],
  ['an element of no named model', TASK_T, undefined, undefined],
  ['an element of a model, whatever its type', and(TASK_T, OF_CLAIM), [T_OF_CLAIM], ['m:Claim']],
  ['a user task of a model', and(TASK_T, OF_CLAIM, IS_TASK), [T_OF_CLAIM], [T_OF_CLAIM]],
  [
    'an element of one of two models',
    and(isIn('instance.name', ['Claim', 'Order']), TASK_T),
    [T_OF_CLAIM, elementMark('Order', 'T')],
    ['m:Claim', 'm:Order'],
  ],
  [
    'something else that waits, by its starter',
    and(NO_TASK, eq('instance.guard.startedBy', 'ann')),
    ['u:ann'],
    ['u:ann'],
  ],
  ['another field', eq('instance.data.name', 'ann'), undefined, undefined],
  ['a name that is empty', eq('item.assignee', ''), undefined, undefined],
  ['a name that is a number', eq('item.assignee', 7), undefined, undefined],
  ['names of which one is no text', isIn('item.assignee', ['ann', 7]), undefined, undefined],
  [
    'a reference to the principal',
    eq('item.assignee', { ref: 'user', path: 'userName' }),
    undefined,
    undefined,
  ],
  ['a comparison', compare('gte', 'item.assignee', 'ann'), undefined, undefined],
  ['what is there', exists('item.assignee'), undefined, undefined],
  ['a negation', not(MINE), undefined, undefined],
  ['either of two', or(MINE, OF_CLAIM), ['u:ann', 'm:Claim'], ['u:ann', 'm:Claim']],
  ['the same twice', or(MINE, eq('item.candidateUsers', 'ann')), ['u:ann'], ['u:ann']],
  ['either of two, one of which says nothing', or(MINE, not(OF_CLAIM)), undefined, undefined],
  ['both of two: the one that fewer instances have', and(OF_CLAIM, MINE), ['u:ann'], ['u:ann']],
  [
    'different ones in each model',
    byCases('instance.name', [
      ['Claim', TASK_T],
      ['Order', MINE],
    ]),
    [T_OF_CLAIM, 'u:ann'],
    ['m:Claim', 'u:ann'],
  ],
  ['an item of the instance, which may be past', some('instance.items', MINE), undefined, ['u:ann']],
  ['a waiting item of the instance', some('instance.items', and(MINE, WAITS)), ['u:ann'], ['u:ann']],
  [
    'an item that has ended',
    some('instance.items', and(MINE, eq('item.status', 'end'))),
    undefined,
    ['u:ann'],
  ],
  ['an item of the instance, by its path', eq('instance.items.assignee', 'ann'), undefined, ['u:ann']],
  ['an entry of another list', some('instance.tokens', MINE), undefined, undefined],
  [
    'a user task among the items of a model',
    and(OF_CLAIM, some('instance.items', and(TASK_T, IS_TASK))),
    ['m:Claim'],
    [T_OF_CLAIM],
  ],
  [
    'an element among the items, of which only another item is a user task',
    and(OF_CLAIM, IS_TASK, some('instance.items', TASK_T)),
    ['m:Claim'],
    ['m:Claim'],
  ],
])('%s is searched by its marks', (_what, condition, open, read) => {
  expect({ open: marksOf(condition, 'open'), read: marksOf(condition, 'read') }).toEqual({ open, read });
});

test('what holds beside a condition tells more of its marks', () => {
  expect(marksOf(TASK_T, 'open', { conditions: [OF_CLAIM] })).toEqual([T_OF_CLAIM]);
  expect(marksOf(TASK_T, 'read', { conditions: [OF_CLAIM] })).toBeUndefined();
  expect(marksOf(TASK_T, 'read', { conditions: [OF_CLAIM, IS_TASK] })).toEqual([T_OF_CLAIM]);
  expect(marksOf(eq('instance.guard.startedBy', 'ann'), 'open', { conditions: [NO_TASK] })).toEqual([
    'u:ann',
  ]);
});

test('the tenant is known from a comparison with it, or from its absence', () => {
  const tenant = eq('instance.tenantId', 'acme');
  expect(tenantOf([MINE, tenant])).toEqual({ tenantId: 'acme' });
  expect(tenantOf([not(exists('instance.tenantId')), tenant])).toEqual({ tenantId: 'acme' });
  expect(tenantOf([exists('instance.tenantId', false)])).toEqual({ tenantId: undefined });
  for (const other of [
    exists('instance.tenantId'),
    ne('instance.tenantId', 'acme'),
    eq('instance.tenantId', { ref: 'user', path: 'tenantId' }),
    eq('item.tenantId', 'acme'),
    or(tenant, MINE),
  ])
    expect(tenantOf([other])).toBeUndefined();
});
