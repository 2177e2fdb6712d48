import { holderId } from '../../../src/core/policies/security-roles.js';
import { changedSet, readChanges } from '../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../src/core/policy-set/policy-set.js';

const role = (id: string, value: unknown = { rights: ['Todo:Process'] }): PolicyChange => ({
  kind: 'security-role',
  id,
  value,
});
const held = (name: string, holder: { user: string } | { group: string }, there = true): PolicyChange => ({
  kind: 'security-role-holder',
  id: holderId(name, holder),
  value: there ? { role: name, ...holder } : null,
});
const changed = (set: PolicySet, ...changes: PolicyChange[]): PolicySet =>
  changedSet(set, readChanges(changes));
const HELD = changed(
  PolicySet.EMPTY,
  role('clerk'),
  role('boss'),
  held('clerk', { user: 'kim' }),
  held('clerk', { group: 'hr' }),
);
const refused = (id: string, message: string): Error =>
  expect.objectContaining({ code: 'bad-policy', kind: 'security-role-holder', id, message }) as Error;

test('nobody holds a role that does not exist; the nearest name is told', () => {
  expect(() => changed(HELD, held('clark', { user: 'lee' }))).toThrow(
    refused(
      holderId('clark', { user: 'lee' }),
      'The security role "clark" does not exist. Did you mean clerk?',
    ),
  );
});

test('a role and its holders may come and go in one change', () => {
  const both = changed(PolicySet.EMPTY, held('clerk', { user: 'kim' }), role('clerk'));
  expect(both.size).toBe(2);
  const gone = changed(
    HELD,
    role('clerk', null),
    held('clerk', { user: 'kim' }, false),
    held('clerk', { group: 'hr' }, false),
  );
  expect([...gone.of('security-role').keys()]).toEqual(['boss']);
  expect(gone.of('security-role-holder').size).toBe(0);
});

test('a role that somebody holds is not removed; one that nobody holds is', () => {
  expect(() => changed(HELD, role('clerk', null))).toThrow('The security role "clerk" does not exist.');
  expect(() => changed(HELD, role('clerk', null), held('clerk', { user: 'kim' }, false))).toThrow(
    'The security role "clerk" does not exist.',
  );
  expect([...changed(HELD, role('boss', null)).of('security-role').keys()]).toEqual(['clerk']);
});
