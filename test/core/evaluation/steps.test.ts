import {
  eq,
  exists,
  isIn,
  ne,
  not,
  overlaps,
  some,
  type Condition,
} from '../../../src/core/condition/condition.js';
import { compile, compileForAll } from '../../../src/core/evaluation/evaluate.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';

const ALICE = new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'alice' });

/** The fields that are read by name, and one of each kind that is not. */
const FIELDS = [
  ...['type', 'assignee', 'candidateUsers', 'candidateGroups', 'status', 'name'].map((f) => `item.${f}`),
  ...['open', 'closed', 'owner', 'startedBy', 'rejectedBy', 'completedBy', 'other'].map(
    (f) => `item.guard.${f}`,
  ),
  'instance.tenantId',
  'instance.name',
  'instance.guard.startedBy',
];

type Wrap = (inner: Record<string, unknown>) => unknown;
const asIs: Wrap = (inner) => inner;

/** A resource with a value at a path, where each object on the way is wrapped. */
function at(path: string, value: unknown, wraps: readonly Wrap[] = []): Resource {
  const keys = path.split('.');
  return keys.reduceRight<unknown>(
    (inner, key, depth) => (wraps[depth] ?? asIs)({ [key]: inner }),
    value,
  ) as Resource;
}

const inherits: Wrap = (inner) => Object.create(inner);

describe.each(FIELDS)('the field %s', (field) => {
  const depths = field.split('.').map((_, depth) => depth);
  const holds = (condition: Condition, resource: Resource): boolean => compile(condition)(resource);

  test('is compared with a constant', () => {
    expect(holds(eq(field, 'x'), at(field, 'x'))).toBe(true);
    expect(holds(eq(field, 'x'), at(field, 'y'))).toBe(false);
    expect(holds(eq(field, 5), at(field, '5'))).toBe(false);
    expect(holds(ne(field, 'x'), at(field, 'y'))).toBe(true);
    expect(holds(ne(field, 'x'), at(field, null))).toBe(false);
    expect(holds(isIn(field, ['x', 'y']), at(field, 'y'))).toBe(true);
  });

  test('is compared with the names and groups of the principal', () => {
    const user = (path: string) => ({ ref: 'user', path }) as const;
    for (const path of ['userName', 'tenantId']) {
      const isMine = compileForAll(eq(field, user(path)));
      expect(isMine(at(field, 'alice'), ALICE)).toBe(true);
      expect(isMine(at(field, ['bob', 'alice']), ALICE)).toBe(true);
      expect(isMine(at(field, 'bob'), ALICE)).toBe(false);
    }
    expect(compileForAll(overlaps(field, user('userGroups')))(at(field, ['it', 'hr']), ALICE)).toBe(true);
    expect(compileForAll(overlaps(field, user('userName')))(at(field, 'alice'), ALICE)).toBe(true);
    expect(compileForAll(eq(field, user('userGroups')))(at(field, 'hr'), ALICE)).toBe(false);
  });

  test('that a principal lacks makes a test false, and true below a not', () => {
    const mine = eq(field, { ref: 'user', path: 'tenantId' });
    const nobodys = new SecureUser({ userName: 'alice' });
    for (const resource of [at(field, 'alice'), at(field, null), {}]) {
      expect(compileForAll(mine)(resource, nobodys)).toBe(false);
      expect(compileForAll(not(mine))(resource, nobodys)).toBe(false);
    }
  });

  test.each(depths)('counts only if it is not inherited: object %i on the way', (depth) => {
    const wraps = depths.map((one) => (one === depth ? inherits : asIs));
    const inherited = at(field, 'x', wraps);
    expect(holds(eq(field, 'x'), inherited)).toBe(false);
    expect(holds(ne(field, 'y'), inherited)).toBe(false);
    expect(holds(isIn(field, ['x']), inherited)).toBe(false);
    expect(holds(exists(field), inherited)).toBe(false);
    expect(holds(exists(field, false), inherited)).toBe(true);
    expect(holds(not(eq(field, 'x')), inherited)).toBe(true);
  });

  test.each(depths.slice(1))(
    'is found in a list of objects, as in MongoDB: object %i on the way',
    (depth) => {
      const wraps = depths.map((one): Wrap => (one === depth ? (inner) => [{}, inner] : asIs));
      const listed = at(field, 'x', wraps);
      expect(holds(eq(field, 'x'), listed)).toBe(true);
      expect(holds(eq(field, 'y'), listed)).toBe(false);
      expect(holds(exists(field), listed)).toBe(true);
    },
  );

  test.each([undefined, null, 'text', 7, []])('is missing where a %j is on the way', (stranger) => {
    for (const depth of depths.slice(0, -1)) {
      const path = field.split('.').slice(0, depth + 1);
      const resource = at(path.join('.'), stranger);
      expect(holds(eq(field, 'x'), resource)).toBe(false);
      expect(holds(exists(field, false), resource)).toBe(true);
    }
  });
});

test('an element of a list is tested by the fields of an item', () => {
  const someOpen = compile(some('instance.items', eq('item.guard.open', true)));
  expect(someOpen({ instance: { items: [{ guard: { open: false } }, { guard: { open: true } }] } })).toBe(
    true,
  );
  expect(someOpen({ instance: { items: [{ guard: [{ open: true }] }] } })).toBe(true);
  expect(someOpen({ instance: { items: [null, 'text', { guard: Object.create({ open: true }) }] } })).toBe(
    false,
  );
});
