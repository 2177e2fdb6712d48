import { ByPrincipal } from '../../../src/core/policies/by-principal.js';
import { SecureUser } from '../../../src/core/principal.js';

test('a value is kept for one principal and operation, not for others', () => {
  const kept = new ByPrincipal<object>(() => ({}));
  const [ann, again] = [0, 1].map(() => new SecureUser({ userName: 'ann' })) as [SecureUser, SecureUser];
  const value = kept.of(ann, 'task:read');
  expect(kept.of(ann, 'task:read')).toBe(value);
  expect(kept.of(ann, 'task:take')).not.toBe(value);
  expect(kept.of(again, 'task:read')).not.toBe(value);
  expect(kept.of(ann, 'task:read')).toBe(value);
});

test('nothing is kept for an object that only looks like a principal, since it could change', () => {
  const kept = new ByPrincipal<object>(() => ({}));
  const ann = { userName: 'ann', userGroups: ['hr'] } as unknown as SecureUser;
  expect(kept.of(ann, 'task:read')).not.toBe(kept.of(ann, 'task:read'));
});
