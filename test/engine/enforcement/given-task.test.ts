import { SecureUser } from 'bpmn-guard';
import type { Call } from '../../../src/engine/enforcement/call.js';
import type { Calls } from '../../../src/engine/enforcement/calls.js';
import { assertTarget, assertTargetGroup, overriddenBy } from '../../../src/engine/enforcement/targets.js';
import { Principals } from '../../../src/engine/enforcement/principals.js';
import { readFlags } from '../../../src/engine/contract/environment.js';
import type { Directory } from '../../../src/engine/contract/types.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import type { StoredInstance, StoredItem } from '../../../src/store/port.js';
import { IDLE, NO_INCIDENTS, refusal } from '../../support/guards.js';

const ann = new SecureUser({ userName: 'ann', userGroups: ['hr'] });
const item = {
  id: 't',
  elementId: 'do',
  type: 'bpmn:UserTask',
  guard: { labels: { first: ['ann', 'bob', 'lender'], second: ['bob', 'lender'] } },
} as unknown as StoredItem;
const other = { id: 'o', elementId: 'else', type: 'bpmn:UserTask' } as unknown as StoredItem;
const inTenant = (tenantId?: string): StoredInstance =>
  ({
    id: 'i',
    ...(tenantId !== undefined && { tenantId }),
    items: [other, item],
  }) as unknown as StoredInstance;

interface Policies {
  /** What duties and grid have against a user. */
  readonly duties?: readonly string[];
  readonly grid?: readonly string[];
  readonly overridden?: readonly string[];
  readonly won?: readonly string[];
  readonly lent?: readonly string[];
}

/** A call of ann, whose policies write down what they are asked. */
function callOf({ duties = [], grid = [], overridden = [], won = [], lent = [] }: Policies = {}) {
  const asked: unknown[][] = [];
  const answering =
    <T>(name: string, answer: T) =>
    (...given: unknown[]): T => {
      asked.push([name, ...given]);
      return answer;
    };
  const inForce = {
    duties: { against: answering('duties', duties), overridden: answering('overridden', overridden) },
    grid: {
      against: answering('grid', grid),
      labelsLentWith: answering('lent', lent),
      labelsWonBy: answering('won', won),
    },
  };
  const of = (name: string): unknown[][] => asked.filter(([first]) => first === name);
  return { call: { principal: ann, inForce } as unknown as Call, asked, of };
}

const callsWith = (directory?: Directory, bypass = false): Calls =>
  ({
    bypass,
    principals: new Principals(new Contexts(), directory, readFlags({}), NO_INCIDENTS, IDLE),
  }) as unknown as Calls;

describe('A task that is given to a user', () => {
  test('is decided as if it were assigned to the user, with the task and its instance', async () => {
    const { call, of } = callOf({ overridden: ['not who began'], won: ['first'] });
    const instance = inTenant('acme');
    const given = await assertTarget(callsWith(), 'bob', { call, instance, item });
    expect(given).toEqual({ overridden: ['not who began'], labels: { first: ['bob'], second: ['bob'] } });
    const bob = expect.objectContaining({ userName: 'bob', tenantId: 'acme' }) as unknown;
    expect(of('duties')).toEqual([['duties', bob, 'task:take', { instance, item }]]);
    expect(of('overridden')).toEqual([['overridden', bob, 'task:take', { instance, item }]]);
    const [[, , theirs]] = of('grid') as [
      [string, SecureUser, { instance: StoredInstance; item: StoredItem }],
    ];
    expect(theirs.item).toMatchObject({ id: 't', assignee: 'bob' });
    expect(theirs.instance.items?.[0]).toEqual(other);
    expect(theirs.item.guard).not.toHaveProperty('owner');
    expect(of('lent')).toEqual([]);
  });

  test('keeps of its reservations those of the user alone', async () => {
    const { call } = callOf();
    const given = await assertTarget(callsWith(), 'ann', { call, instance: inTenant(), item });
    expect(given.labels).toEqual({ first: ['ann'], second: [] });
  });

  test('keeps those of who lends it too, but for labels that are lent with the task', async () => {
    const { call, of } = callOf({ lent: ['second'] });
    const instance = inTenant();
    const given = await assertTarget(callsWith(), 'bob', { call, instance, item }, 'lender');
    expect(given.labels).toEqual({ first: ['bob', 'lender'], second: ['bob'] });
    expect(of('lent')).toEqual([['lent', { instance, item }]]);
    const [[, , theirs]] = of('grid') as [[string, SecureUser, { item: StoredItem }]];
    expect(theirs.item.guard?.owner).toBe('lender');
  });

  test('reserves nothing if nothing was reserved', async () => {
    const { call } = callOf();
    expect(
      (await assertTarget(callsWith(), 'ann', { call, instance: inTenant(), item: other })).labels,
    ).toEqual({});
  });

  test('is refused with each reason once, of duties and of the grid', async () => {
    const { call } = callOf({ duties: ['a', 'b'], grid: ['b', 'c'] });
    expect(
      await refusal(assertTarget(callsWith(), 'bob', { call, instance: inTenant(), item })),
    ).toMatchObject({
      code: 'forbidden',
      message: 'The task cannot be given to this user: a; b; c.',
    });
  });

  test('is refused if nobody of that tenant has the name; the caller need not be looked up', async () => {
    const find = async (name: string) => (name === 'bob' ? { userName: 'bob', tenantId: 'acme' } : undefined);
    const { call } = callOf();
    const calls = callsWith({ find });
    await assertTarget(calls, 'bob', { call, instance: inTenant('acme'), item });
    await assertTarget(calls, 'ann', { call, instance: inTenant(), item });
    for (const instance of [inTenant(), inTenant('other')])
      expect(await refusal(assertTarget(calls, 'bob', { call, instance, item }))).toMatchObject({
        code: 'bad-assignment',
        message: 'The user to whom the task would be assigned is not known.',
      });
  });

  test('asks nothing while the rules are switched off', async () => {
    const { call, asked } = callOf({ duties: ['a'] });
    const given = await assertTarget(callsWith(undefined, true), 'bob', { call, instance: inTenant(), item });
    expect([given, asked]).toEqual([{ overridden: [], labels: {} }, []]);
  });
});

describe('A task that is handed to a group', () => {
  const members = (names: readonly string[] | undefined, some = true): Directory => ({
    find: async (name) => ({ userName: name, userGroups: ['hr'] }),
    hasMembers: async () => some,
    members: async () => names as string[],
  });
  const nobody = {
    code: 'bad-assignment',
    message: 'The group to which the task would be escalated has no members.',
  };

  test('is decided for somebody of that group and tenant if the directory lists no members', async () => {
    for (const [instance, tenantId] of [
      [inTenant('acme'), 'acme'],
      [inTenant(), undefined],
    ] as const) {
      const { call, of } = callOf();
      await assertTargetGroup(callsWith(), 'hr', { call, instance, item });
      const [[, somebody]] = of('duties') as [[string, SecureUser]];
      expect([somebody.userName, somebody.userGroups, somebody.tenantId]).toEqual([
        'somebody in hr',
        ['hr'],
        tenantId,
      ]);
    }
  });

  test('is refused if the group has no members', async () => {
    for (const directory of [members([]), members(undefined, false)]) {
      const { call } = callOf();
      const task = { call, instance: inTenant(), item };
      expect(await refusal(assertTargetGroup(callsWith(directory), 'hr', task))).toMatchObject(nobody);
    }
    const { call } = callOf();
    await assertTargetGroup(callsWith(members(undefined, true)), 'hr', { call, instance: inTenant(), item });
  });

  test('is refused with three of the reasons if each member has one against them', async () => {
    const { call } = callOf({ duties: ['a', 'b'], grid: ['c', 'd'] });
    const task = { call, instance: inTenant(), item };
    expect(await refusal(assertTargetGroup(callsWith(members(['bob', 'eve'])), 'hr', task))).toMatchObject({
      code: 'forbidden',
      message: 'The task cannot be given to anybody in this group: a; b; c.',
    });
  });

  test('asks nothing while the rules are switched off', async () => {
    const { call, asked } = callOf({ duties: ['a'] });
    await assertTargetGroup(callsWith(members([]), true), 'hr', { call, instance: inTenant(), item });
    expect(asked).toEqual([]);
  });
});

test('what an administrator overrides depends on the operation', () => {
  const { call, asked } = callOf({ overridden: ['x'] });
  const instance = inTenant();
  expect(overriddenBy(call, { instance, item }, 'task:execute')).toEqual(['x']);
  expect(asked).toEqual([['overridden', ann, 'task:execute', { instance, item }]]);
});
