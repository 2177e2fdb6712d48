import type { Duty } from '../../engine/contract/duty-types.js';
import { list, member, ref } from './common.js';
import { flag, object, optional, text } from './param.js';
import { CHANGE } from './policies.js';
import { route, type Route } from './route.js';

const NAME = text('The name of the duty.');
const VERSION = member('version', { type: 'integer' });
/** Separation of duties; for administrators of the policies. */
export const DUTIES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/policy/duties',
    id: 'duties.list',
    face: 'ours',
    says: 'The duties of the tenant, by name.',
    operation: 'system:policy',
    answers: member('duties', list(ref('NamedDuty'))),
    run: async ({ api }) => ({ duties: await api.policies.duties.list() }),
  }),
  route({
    method: 'PUT',
    path: '/api/policy/duties/:name',
    id: 'duties.save',
    face: 'ours',
    says: 'Creates or replaces a duty; answers with the new version of the policies.',
    operation: 'system:policy',
    versioned: true,
    takes: {
      name: NAME,
      value: object<Duty>('The duty.', ref('Duty')),
      allowUnknownModels: optional(flag('Accept names of models and tasks that do not exist yet.')),
      ...CHANGE,
    },
    bodyIs: 'value',
    answers: VERSION,
    run: ({ api }, { name, value, ...how }) => api.policies.duties.save(name, value, how),
  }),
  route({
    method: 'DELETE',
    path: '/api/policy/duties/:name',
    id: 'duties.remove',
    face: 'ours',
    says: 'Removes a duty; answers with the new version of the policies.',
    operation: 'system:policy',
    versioned: true,
    takes: { name: NAME, ...CHANGE },
    answers: VERSION,
    run: ({ api }, { name, ...how }) => api.policies.duties.remove(name, how),
  }),
];
