import { end, model, start, task, type Part } from './models.js';

/** Extension elements with properties, of Camunda unless another prefix is given. */
export const properties = (all: Readonly<Record<string, string>>, prefix = 'camunda'): string =>
  `<bpmn:extensionElements><${prefix}:properties>${Object.entries(all)
    .map(([name, value]) => `<${prefix}:property name="${name}" value="${value}" />`)
    .join('')}</${prefix}:properties></bpmn:extensionElements>`;

/** A model that declares roles. */
export const caseModel = (roles: string, parts: readonly Part[], id?: string): string =>
  model([start(), ...parts, end()], {
    inner: properties({ caseRoles: roles }),
    ...(id !== undefined && { id }),
  });

export const ROLES = 'owner:1, contact:2, participant, hr, approver:1..2';
/** One task of a role, one of a person, and one of a role with a minimum. */
export const CLAIM = caseModel(ROLES, [
  task('ask', { candidateGroups: 'contact' }),
  task('look', { assignee: 'out' }),
  task('approve', { candidateUsers: 'approver' }),
]);
