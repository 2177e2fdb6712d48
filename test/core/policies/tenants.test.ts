import { bind } from '../../../src/core/evaluation/bind.js';
import { compile } from '../../../src/core/evaluation/evaluate.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import { tenants, tenantsWithoutCode } from '../../../src/core/policies/tenants.js';
import { SecureUser, SYSTEM_USER } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';

const of = (tenantId: string | undefined, modelsOwner?: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName: 'alice', tenantId, modelsOwner, userGroups });
const NAMES = Object.keys(OPERATIONS) as Operation[];
const kindIs = (...kinds: string[]): Operation[] =>
  NAMES.filter((name) => kinds.includes(OPERATIONS[name].kind));

function passes(principal: SecureUser, operation: Operation, resource: Resource): boolean {
  const { permissive = [], restrictive = [] } = tenants.answer(principal, operation, {});
  expect(permissive).toEqual([]);
  return restrictive.every((rule) => compile(bind(rule.when, principal))(resource));
}

const ROWS: [what: string, value: unknown][] = [
  ['of the tenant', 'acme'],
  ['of another', 'globex'],
  ['of one whose name begins alike', 'acme2'],
  ['of one whose name differs in case', 'Acme'],
  ['of a tenant named by an object', { $ne: null }],
  ['of an empty name', ''],
  ['of no tenant', undefined],
  ['of tenant null', null],
];
const WITHOUT = [undefined, null];

describe.each(kindIs('task', 'instance'))('%s', (operation) => {
  test.each(ROWS)('an instance %s is open to its tenant and to SYSTEM only', (_what, tenantId) => {
    const row = {
      instance: { tenantId, owner: 'acme' },
      item: { tenantId: 'acme' },
      model: { owner: 'acme' },
    };
    expect(passes(of('acme'), operation, row)).toBe(tenantId === 'acme');
    expect(passes(of('acme', 'globex'), operation, row)).toBe(tenantId === 'acme');
    expect(passes(of('acme', undefined, 'ADMIN'), operation, row)).toBe(tenantId === 'acme');
    expect(passes(of('acme', undefined, 'SYSTEM'), operation, row)).toBe(tenantId === 'acme');
    expect(passes(of(undefined), operation, row)).toBe(WITHOUT.includes(tenantId as undefined));
    expect(passes(of(undefined, 'acme', 'ADMIN'), operation, row)).toBe(
      WITHOUT.includes(tenantId as undefined),
    );
    expect(passes(SYSTEM_USER, operation, row)).toBe(true);
  });
});

describe.each(kindIs('model'))('%s', (operation) => {
  test.each(ROWS)('a model %s is open to its owner and to SYSTEM only', (_what, owner) => {
    const row = { model: { owner, tenantId: 'acme' }, instance: { tenantId: 'acme' } };
    expect(passes(of('acme'), operation, row)).toBe(owner === 'acme');
    expect(passes(of('globex', 'acme'), operation, row)).toBe(owner === 'acme');
    expect(passes(of('acme', 'head office', 'ADMIN'), operation, row)).toBe(false);
    expect(passes(of(undefined), operation, row)).toBe(WITHOUT.includes(owner as undefined));
    expect(passes(SYSTEM_USER, operation, row)).toBe(true);
  });
});

test.each(kindIs('system'))('%s belongs to no tenant', (operation) => {
  expect(tenants.answer(of('acme'), operation, {})).toEqual({});
});

test('the rule is the same object for all principals of its kind, so that it is compiled once', () => {
  for (const operation of ['task:read', 'model:read'] as const)
    expect(tenants.answer(of('acme'), operation, {})).toBe(tenants.answer(of('globex'), operation, {}));
});

test('the rule says in words which rows are meant', () => {
  expect(tenants.answer(of('acme'), 'task:read', {}).restrictive).toMatchObject([
    { id: 'own-tenant', says: 'only rows of your tenant' },
  ]);
  expect(tenants.answer(of(undefined), 'task:read', {}).restrictive).toMatchObject([
    { id: 'own-tenant', says: 'only rows without a tenant' },
  ]);
});

describe('without code', () => {
  const rulesFor = (principal: SecureUser, operation: Operation): string[] =>
    (tenantsWithoutCode.answer(principal, operation, {}).restrictive ?? []).map(({ id }) => id);

  test('nobody of a tenant saves a model with code, administrators included', () => {
    expect(tenantsWithoutCode.waivable).toBe(false);
    for (const principal of [of('acme'), of('acme', undefined, 'ADMIN'), of(undefined, 'globex')])
      expect(rulesFor(principal, 'model:code')).toEqual([
        ...(tenants.answer(principal, 'model:code', {}).restrictive ?? []).map(({ id }) => id),
        'no-code',
      ]);
    const [rule] = tenantsWithoutCode.answer(of('acme'), 'model:code', {}).restrictive?.slice(-1) ?? [];
    expect(compile(rule?.when as never)({ model: { owner: 'acme' } })).toBe(false);
  });

  test('all else is as with code, and for those without a tenant so is that', () => {
    for (const operation of NAMES.filter((name) => name !== 'model:code'))
      expect(tenantsWithoutCode.answer(of('acme'), operation, {})).toEqual(
        tenants.answer(of('acme'), operation, {}),
      );
    for (const principal of [of(undefined), SYSTEM_USER])
      expect(rulesFor(principal, 'model:code')).not.toContain('no-code');
  });
});
