import { SecureUser } from '../../src/core/principal.js';

const user = (
  userName: string,
  userGroups: readonly string[] = [],
  tenantId?: string,
  attributes?: Record<string, unknown>,
): SecureUser =>
  new SecureUser({
    userName,
    userGroups,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(attributes === undefined ? {} : { attributes }),
  });

/** Who asks, by what is special about each. */
export const PRINCIPALS: Readonly<Record<string, SecureUser>> = {
  'alice, no groups': user('alice'),
  'alice of acme': user('alice', ['hr'], 'acme', { level: 2, topics: ['alice', 'x'], requester: 'bob' }),
  'bob of acme, several groups': user('bob', ['it', 'hr', 'sales'], 'acme', { level: 0, requester: 'alice' }),
  'bob of globex': user('bob', ['hr'], 'globex'),
  'sam, who started much': user('sam', ['it']),
  'sam of acme': user('sam', [], 'acme'),
  'nobody in particular': user('nobody', ['nothing']),
  'a user named like the group': user('hr'),
  'a group named like the user': user('zoe', ['alice', 'bob', 'sam', 'somebody']),
  'odd names': user('.*', ['*x', 'a.b', '$user.userName', '|', '\\'], 'a|b'),
  'a name in NFD': user('e\u0301', ['\u{1f600}', '\ufffd']),
  'a user called ADMIN, of acme': user('ADMIN', [], 'acme'),
  'ADMIN without a tenant': user('root', ['ADMIN']),
  'ADMIN of acme': user('root', ['ADMIN'], 'acme'),
  'SYSTEM across tenants': user('job', ['SYSTEM']),
  'SYSTEM of acme': user('job', ['SYSTEM'], 'acme'),
  'DESIGNER of acme': user('dora', ['DESIGNER'], 'acme'),
};
