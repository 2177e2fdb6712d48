import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { marksOf } from '../../../src/core/marks/search.js';
import { ADMINISTRATORS, EVERYBODY, PEOPLE, type Person } from './people.js';
import { resourceOf, TASK_STATES, type TaskState } from './task-states.js';

const point = createDecisionPoint([taskRulesPolicy]);
const who = (operation: Operation, resource: Resource): Person[] =>
  EVERYBODY.filter((person) => point.allows(PEOPLE[person], operation, resource));
const inOrder = (people: readonly Person[]): Person[] =>
  EVERYBODY.filter((person) => people.includes(person));

const COLUMNS: [operation: Operation, column: (state: TaskState) => readonly Person[]][] = [
  ['task:read', (state) => state.read],
  ['task:assignees', (state) => state.read],
  ['task:take', (state) => state.assign],
  ['task:assign', (state) => state.assign],
  ['task:execute', (state) => state.execute],
  ['task:delegate', (state) => state.delegate ?? state.execute],
  ['task:reject', (state) => state.reject ?? []],
  ['task:escalate', (state) => ['sam', ...state.execute, ...(state.delegate ?? [])]],
  ['task:suspend', (state) => state.suspend ?? []],
  ['instance:read', (state) => state.instance],
  ['instance:message', (state) => state.instance],
  ['instance:signal', (state) => state.instance],
];
const NAMED = new Set<Operation>([
  ...COLUMNS.map(([operation]) => operation),
  'instance:start',
  'model:read',
  'model:create',
  'model:write',
  'model:code',
]);
const REST = (Object.keys(OPERATIONS) as Operation[]).filter((operation) => !NAMED.has(operation));

describe.each(Object.entries(TASK_STATES))('a user task that is %s', (_name, state) => {
  test.each(COLUMNS)('%s: exactly those of the table', (operation, column) => {
    expect(who(operation, resourceOf(state))).toEqual(inOrder(column(state)));
  });

  test.each(REST)('%s is allowed to nobody', (operation) => {
    expect(who(operation, resourceOf(state))).toEqual([]);
  });

  test('administrators may do everything', () => {
    for (const admin of ADMINISTRATORS)
      for (const operation of Object.keys(OPERATIONS) as Operation[])
        expect(point.allows(admin, operation, resourceOf(state))).toBe(true);
  });

  test('whoever may execute or assign it may read it, and whoever may read it by a task rule but the starter of a closed one may assign it', () => {
    const resource = resourceOf(state);
    const readers = who('task:read', resource);
    expect(readers).toEqual(
      expect.arrayContaining([...who('task:execute', resource), ...who('task:assign', resource)]),
    );
    expect(who('task:assign', resource)).toEqual(
      readers.filter((person) => person !== 'sam' || (state.item.guard as { open?: unknown }).open === true),
    );
  });

  test('the other items of its instance are read with the instance, never executed or assigned', () => {
    for (const type of ['bpmn:StartEvent', 'bpmn:ServiceTask', 'bpmn:IntermediateCatchEvent']) {
      const other = {
        ...resourceOf(state),
        item: {
          id: 'item-0',
          type,
          status: 'wait',
          assignee: 'alice',
          candidateUsers: ['carol'],
          guard: { open: true },
        },
      };
      expect(who('task:read', other)).toEqual(inOrder(state.instance));
      for (const operation of ['task:execute', 'task:assign', 'task:take', 'task:delegate'] as const)
        expect(who(operation, other)).toEqual([]);
    }
  });
});

describe('an item of the instance', () => {
  test('without a type is read by nobody', () => {
    expect(
      who('task:read', {
        ...resourceOf(TASK_STATES.open as TaskState),
        item: { guard: { open: true }, assignee: 'alice' },
      }),
    ).toEqual([]);
  });

  test('that is a service task with an assignee makes nobody a reader of the instance', () => {
    const items = [
      {
        type: 'bpmn:ServiceTask',
        status: 'wait',
        assignee: 'alice',
        candidateUsers: ['carol'],
        guard: { open: true, completedBy: 'eve' },
      },
    ];
    expect(who('instance:read', { instance: { items, guard: { startedBy: 'sam' } } })).toEqual(['sam']);
  });

  test('half of a right on each of two items does not add up to a right', () => {
    const items = [
      { type: 'bpmn:UserTask', status: 'end', guard: { open: true } },
      { type: 'bpmn:UserTask', status: 'wait', guard: {} },
    ];
    expect(who('instance:read', { instance: { items, guard: { startedBy: 'sam' } } })).toEqual(['sam']);
  });

  test('whoever reads one task does not read its sibling', () => {
    const [mine, other] = [
      { type: 'bpmn:UserTask', status: 'wait', assignee: 'alice' },
      { type: 'bpmn:UserTask', status: 'wait', assignee: 'carol' },
    ];
    const instance = { items: [mine, other], guard: { startedBy: 'sam' } };
    expect([who('task:read', { item: mine, instance }), who('task:read', { item: other, instance })]).toEqual(
      [['alice'], ['carol']],
    );
  });

  test('a variable named like a guard field gives no right', () => {
    const instance = {
      data: { startedBy: 'alice', guard: { startedBy: 'alice' } },
      startedBy: 'alice',
      items: [],
    };
    expect(who('instance:read', { instance })).toEqual([]);
  });
});

describe('starting', () => {
  test.each<[what: string, start: unknown, people: readonly Person[]]>([
    ['open', { open: true }, EVERYBODY],
    ['users', { open: false, users: ['carol', 'x'], groups: [] }, ['carol']],
    ['groups', { open: false, users: [], groups: ['hr'] }, ['harry']],
    ['users and groups', { open: false, users: ['carol'], groups: ['hr'] }, ['carol', 'harry']],
    ['nobody', { open: false, users: [], groups: [] }, []],
    ['a text that is no truth', { open: 'true' }, []],
    ['an empty start event', {}, []],
    ['no start event', undefined, []],
  ])('a start event for %s admits exactly these', (_what, start, people) => {
    const resource = { model: { name: 'm' }, start } as Resource;
    expect(who('instance:start', resource)).toEqual(inOrder(people));
    expect(
      who('model:read', {
        model: { name: 'm', guard: { starts: [{ open: false, users: ['zed'] }, start] } },
      }),
    ).toEqual(inOrder([...people, 'designer']));
  });

  test('users of one start event and groups of another do not add up to an open one', () => {
    expect(
      who('model:read', {
        model: { name: 'm', guard: { starts: [{ users: ['carol'] }, { groups: ['hr'] }] } },
      }),
    ).toEqual(['carol', 'harry', 'designer']);
  });
});

describe('models', () => {
  test('are read by those who may read an instance of them, by exact name', () => {
    const facts = { readableModels: ['Invoice'] };
    for (const [name, expected] of [
      ['Invoice', true],
      ['invoice', false],
      ['Invoice2', false],
      [['Other'], false],
      [undefined, false],
    ] as const) {
      expect(point.allows(PEOPLE.nobody, 'model:read', { model: { name } as never }, facts)).toBe(expected);
    }
  });

  test('a list of readable models that contains undefined allows nothing', () => {
    expect(
      point.allows(
        PEOPLE.nobody,
        'model:read',
        { model: {} },
        { readableModels: [undefined as unknown as string] },
      ),
    ).toBe(false);
  });

  test.each(['model:create', 'model:write', 'model:code'] as const)('%s is for designers', (operation) => {
    expect(who(operation, { model: { name: 'm' } })).toEqual(['designer']);
  });

  test.each(['model:delete', 'model:deploy', 'model:report'] as const)(
    '%s is for administrators only',
    (operation) => {
      expect(who(operation, { model: { name: 'm' } })).toEqual([]);
    },
  );
});

describe('lists', () => {
  const alice = new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'acme' });

  test.each(['task:read', 'instance:read'] as const)('%s is searched by whom its reader is', (operation) => {
    const scope = point.scope(alice, operation);
    if (scope.kind !== 'condition') throw new Error('no condition');
    const marks = scope.ways.flatMap(({ when }): readonly string[] => marksOf(when, 'read') ?? ['none']);
    expect(marks.sort()).toEqual(['g:hr', 'o:', 'u:alice']);
  });

  test('a decision does not depend on the marks of the row', () => {
    expect(point.allows(PEOPLE.alice, 'task:read', resourceOf(TASK_STATES.assigned as TaskState))).toBe(true);
  });

  test.each(REST)('%s has no list but for administrators', (operation) => {
    for (const person of EVERYBODY)
      expect(point.scope(PEOPLE[person], operation)).toEqual({ kind: 'nothing' });
  });
});
