import type { Application } from './application.js';
import type { RouteInput } from './route-inputs.js';

const ROLE = { rights: ['Todo:Process'], says: 'the desk' };
const CHANGES = [{ kind: 'security-role', id: 'clerk', value: ROLE }];
const ALICE = { user: 'alice' };

/** What makes each route about sections succeed. */
function sectionInputs(app: Application): [string, () => RouteInput][] {
  const sections = () => app.as('admin').policies.sections;
  const made = async () => (await sections().create('hr'), sections().create('it'));
  const on = { section: 'hr' };
  const path = { section: 'hr' };
  const permissions = ['read'] as const;
  const given = async () => (await made(), sections().permissions.give(on, ALICE, permissions));
  return [
    ['sections.tree', () => ({ before: made })],
    ['sections.list', () => ({ path, before: made })],
    ['sections.create', () => ({ body: { id: 'hr', name: 'People' } })],
    ['sections.rename', () => ({ path, body: { name: 'People' }, before: made })],
    ['sections.move', () => ({ path, body: { parent: 'it' }, before: made })],
    ['sections.place', () => ({ path, body: { model: 'review' }, before: made })],
    ['sections.delete', () => ({ path, before: made })],
    ['sections.permissions.list', () => ({ body: { on }, before: given })],
    ['sections.permissions.give', () => ({ body: { on, holder: ALICE, permissions }, before: made })],
    ['sections.permissions.withdraw', () => ({ body: { on, holder: ALICE, permissions }, before: given })],
    ['sections.permissions.inherit', () => ({ body: { on, inherit: false }, before: made })],
    ['sections.effective', () => ({ body: { on, of: { userName: 'alice' } }, before: given })],
  ];
}

/** What makes each route about policies succeed, by its id. */
export function policyInputs(app: Application): [string, () => RouteInput][] {
  const roles = () => app.as('admin').policies.securityRoles;
  const clerk = () => roles().save('clerk', ROLE as never);
  const held = async () => (await clerk(), roles().give('clerk', ALICE));
  const path = { role: 'clerk' };
  return [
    ...sectionInputs(app),
    ['policy.read', () => ({ before: held })],
    ['policy.version', () => ({})],
    ['policy.history', () => ({ body: { limit: 2 }, before: held })],
    ['policy.apply', () => ({ body: { changes: CHANGES, reason: 'the desk opens' } })],
    ['policy.diff', () => ({ body: { changes: CHANGES } })],
    ['policy.export', () => ({ before: held })],
    ['policy.import', () => ({ body: { text: 'securityRoles:\n  clerk: { rights: [] }\n', replace: true } })],
    ['policy.rights', () => ({})],
    ['policy.securityRoles.list', () => ({ before: held })],
    ['policy.securityRoles.save', () => ({ path, body: { value: ROLE } })],
    ['policy.securityRoles.remove', () => ({ path, before: held })],
    ['policy.securityRoles.give', () => ({ path, body: { holder: ALICE }, before: clerk })],
    ['policy.securityRoles.withdraw', () => ({ path, body: { holder: ALICE }, before: held })],
  ];
}

/** Takes back what the routes above configured. */
export const withoutPolicies = (app: Application): Promise<unknown> =>
  app.as('admin').policies.import('', { replace: true, switchOffSections: true });
