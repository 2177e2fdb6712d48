import { ref } from './common.js';
import { route, type Route } from './route.js';

/** The linter; for administrators of the policies. */
export const LINT: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/policy/lint',
    id: 'policy.lint',
    face: 'ours',
    says: 'What is wrong with the policies of the tenant, each finding with a counterexample.',
    operation: 'system:policy',
    answers: ref('LintReport'),
    run: ({ api }) => api.policies.lint(),
  }),
];
