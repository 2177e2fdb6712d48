import Ajv from 'ajv';
import fc from 'fast-check';
import {
  policyDocumentOf,
  policyFileSchema,
  readPolicyDocument,
} from '../../../src/core/policy-set/files.js';
import { ENTRIES, POLICY_KINDS, readChanges } from '../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { holderId } from '../../../src/core/policies/security-roles.js';
import { RIGHTS, type Right } from '../../../src/core/rights.js';
import { CASES } from '../../support/cases.js';
import { atOnce } from '../../../src/core/in-steps.js';

const told = (content: unknown) =>
  atOnce(readPolicyDocument(content)).mistakes.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a role is written with its rights and its holders, under its name', () => {
  const { tenantId, entries, mistakes } = atOnce(
    readPolicyDocument({
      tenant: 'acme',
      securityRoles: { clerk: { says: 'the desk', rights: ['Todo:Process'], holders: [{ user: 'kim' }] } },
    }),
  );
  expect(mistakes).toEqual([]);
  expect(tenantId).toBe('acme');
  expect(entries.map(({ change, path }) => [change.kind, change.id, path.join('.')])).toEqual([
    ['security-role', 'clerk', 'securityRoles.clerk'],
    ['security-role-holder', holderId('clerk', { user: 'kim' }), 'securityRoles.clerk.holders.0'],
  ]);
});

test('every error is reported with its position, not only the first', () => {
  expect(
    told({
      tenant: 7,
      securityRole: {},
      securityRoles: {
        a: { rights: ['Todo:Proces'] },
        b: { rights: [], holders: [{ user: 'kim', group: 'hr' }] },
        c: { right: [] },
      },
    }),
  ).toEqual([
    expect.stringMatching(/^tenant: The tenant needs a name/),
    expect.stringMatching(/^securityRole: Policies have no "securityRole".*securityRoles/),
    expect.stringMatching(/^securityRoles.a.rights.0: .*Todo:Process/),
    expect.stringMatching(/^securityRoles.b.holders.0: .*one user or one group/),
  ]);
});

test('an empty file is valid; a file that is not an object is an error', () => {
  expect(atOnce(readPolicyDocument(null))).toEqual({ tenantId: null, entries: [], mistakes: [] });
  for (const content of [[], 'text', 7])
    expect(told(content)).toEqual([expect.stringContaining('an object')]);
});

test('every kind of policy has a file format and a schema for editors', () => {
  const { properties, ...schema } = policyFileSchema() as { properties: Record<string, object> };
  expect(schema).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A policy file of bpmn-guard',
    type: 'object',
    additionalProperties: false,
  });
  expect(Object.keys(properties)).toEqual(['$schema', 'tenant', ...ENTRIES.map(({ file }) => file.key)]);
  for (const { file } of ENTRIES) expect(Object.keys(file.schema)).toContain('description');
  expect(POLICY_KINDS.length).toBe(ENTRIES.flatMap(({ kinds }) => Object.keys(kinds)).length);
});

test('the schema admits what the reader admits of a document, and refuses what it refuses', () => {
  const check = new Ajv({ strict: false }).compile(policyFileSchema());
  const role = { says: 'the desk', rights: ['Todo:Process'], holders: [{ user: 'kim' }, { group: 'hr' }] };
  for (const content of [{}, { tenant: 'acme', $schema: 'x' }, { securityRoles: { clerk: role } }])
    expect([told(content), check(content)]).toEqual([[], true]);
  for (const content of [
    { securityRole: {} },
    { tenant: 7 },
    { tenant: null },
    { securityRoles: { clerk: {} } },
    { securityRoles: { clerk: { rights: ['Todo:Proces'] } } },
    { securityRoles: { clerk: { rights: [], holders: [{}] } } },
    { securityRoles: { clerk: { rights: [], holders: [{ user: 'a', group: 'b' }] } } },
  ]) {
    expect(told(content)).toHaveLength(1);
    expect(check(content)).toBe(false);
  }
});

const NAME = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name.trim() === name && name !== '*');
const ROLES = fc.dictionary(
  NAME,
  fc.record(
    {
      rights: fc.uniqueArray(fc.constantFrom(...(Object.keys(RIGHTS) as Right[])), { maxLength: 3 }),
      says: fc.string({ maxLength: 5 }),
      holders: fc.uniqueArray(fc.oneof(fc.record({ user: NAME }), fc.record({ group: NAME })), {
        maxLength: 3,
        selector: (holder) => JSON.stringify(holder),
      }),
    },
    { requiredKeys: ['rights'] },
  ),
  { maxKeys: 4 },
);

test('a written policy set reads back the same', () => {
  fc.assert(
    fc.property(ROLES, (securityRoles) => {
      const { entries, mistakes } = atOnce(readPolicyDocument({ securityRoles }));
      expect(mistakes).toEqual([]);
      const changes = entries.map(({ change }) => change);
      const set = PolicySet.EMPTY.with(1, readChanges(changes));
      const again = atOnce(readPolicyDocument(policyDocumentOf(set)));
      expect(again.mistakes).toEqual([]);
      expect([
        ...PolicySet.EMPTY.with(
          1,
          again.entries.map(({ change }) => change),
        ).changes(),
      ]).toEqual(expect.arrayContaining([...set.changes()]));
      expect(again.entries).toHaveLength(set.size);
    }),
    { numRuns: 50 * CASES },
  );
});

/** Every way of saying who may do what, with each of its fields. */
const FULL = {
  tenant: 'acme',
  securityRoles: { clerk: { rights: ['Todo:Process'], holders: [{ user: 'kim' }, { group: 'hr' }] } },
  grid: {
    labels: { Author: { multiple: 2, says: 'writes' } },
    rules: {
      write: {
        effect: 'Allow',
        users: { group: 'staff' },
        privilege: 'Perform',
        on: { process: 'Claim', task: 'Write' },
        for: { 'data.amount': { $lt: 1000 } },
        as: 'Author',
        handOn: true,
        says: 'staff write',
      },
      see: { effect: 'Restrict', users: 'all', privilege: 'View', on: 'system' },
    },
  },
  duties: {
    'four eyes': {
      duty: 'not-who-did',
      model: 'Claim',
      task: 'Approve',
      did: { model: 'Order', task: 'Write' },
      when: { 'data.amount': { $gt: 1000 } },
      strict: true,
      says: 'another person approves',
    },
    apart: { duty: 'distinct', model: 'Claim', tasks: ['Write', 'Check'], eachItem: true },
  },
  sections: {
    ROOT: { permissions: [{ group: 'staff', permissions: ['read'] }] },
    'hr forms': {
      name: 'HR',
      inherit: false,
      permissions: [{ user: 'kim', permissions: ['read', 'write'] }],
      models: [
        'Leave',
        { model: 'Claim', owner: 'globex', permissions: [{ group: 'hr', permissions: ['read'] }] },
      ],
    },
    inner: { parent: 'hr forms', models: [{ model: 'Order', inherit: false }] },
  },
  cases: {
    operations: { CANCEL_CASE: ['owner'], ADD_DATA: [] },
    fields: { 'data.salary': { roles: ['hr'], models: ['Claim'], says: 'pay' }, 'data.note': { roles: [] } },
  },
};

const setOf = (content: unknown): PolicySet => {
  const { entries, mistakes } = atOnce(readPolicyDocument(content));
  expect(mistakes).toEqual([]);
  return PolicySet.EMPTY.with(1, readChanges(entries.map(({ change }) => change)));
};

test('a file with every way of saying who may do what is admitted by the schema and reads back the same', () => {
  const set = setOf(FULL);
  const written = policyDocumentOf(set);
  expect(Object.keys(written).sort()).toEqual(ENTRIES.map(({ file }) => file.key).sort());
  const again = setOf(written);
  for (const kind of POLICY_KINDS) expect([...again.of(kind)]).toEqual([...set.of(kind)]);
  expect(again.size).toBe(set.size);
  const check = new Ajv({ strict: false }).compile(policyFileSchema());
  for (const content of [FULL, written]) expect([check(content), check.errors]).toEqual([true, null]);
  expect(policyDocumentOf(PolicySet.EMPTY)).toEqual({});
});

test.each([
  ['sections', 'Sections are an object by name, got [].'],
  ['securityRoles', 'are an object by name, got [].'],
])('%s in a list are refused: %s', (name, message) => {
  expect(told({ [name]: [] }).join()).toContain(message);
});
