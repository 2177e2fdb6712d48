import { SecureUser } from '../../src/core/principal.js';
import type { Draft } from './arbitraries.js';

type Fields = Readonly<Record<string, unknown>>;

/** One run in which hiding matters, made first, since a slow machine has time for a few generated ones only. */
export const CERTAIN = (() => {
  const made = (startedBy: string): Draft => ({
    fields: {
      name: 'Invoice',
      status: 'running',
      version: 0,
      saved: new Date(0),
      tenantId: undefined,
      data: { requester: 'alice', list: [], x: 0 },
    },
    items: [],
    startedBy,
    roles: { owner: null, list: [] },
  });
  const given: Fields = { cases: { operations: {}, fields: { 'data.requester': { roles: ['owner'] } } } };
  const bob = new SecureUser({ userName: 'bob' });
  const held = {
    owner: { users: ['alice'], groups: [] },
    viewer: { users: ['bob'], groups: ['hr'] },
  };
  return {
    drafts: [made('hr'), made('hr')],
    roles: [held, undefined, undefined],
    asked: [
      [given, bob, { 'data.requester': 'alice' }],
      [given, bob, {}],
    ],
  };
})();
