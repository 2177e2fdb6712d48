import type { Holder } from '../security-roles.js';

/**
 * The section permissions, with their meanings. Given on a section, they apply to it, to the sections below it and to
 * the models in them; given on a model, to that model and its instances.
 */
const SECTION_PERMISSIONS = Object.freeze({
  read: 'see the section, and the models in it',
  write: 'rename, move and delete the section; change, move and delete the models in it',
  'bpmn-section-create-process-def': 'create models in the section, and move models into it',
  'bpmn-section-create-subsection': 'create sections in the section, and move sections into it',
  'bpmn-section-edit-process-def': 'change and rename the models in the section',
  'bpmn-process-def-deploy': 'make a version of a model startable',
  'bpmn-process-def-report-view': 'see the statistics of a model',
  'bpmn-process-instance-read': 'see the instances of a model',
  'bpmn-process-instance-edit':
    'change the data of instances, send them messages and signals, start events in them,' +
    ' suspend, end, restart and delete them',
  'bpmn-process-instance-migrate': 'move instances to another version of their model',
  'bpmn-process-instance-run': 'start instances of a model',
} as const);

/** The name of a section permission, such as `bpmn-process-instance-run`. */
export type SectionPermission = keyof typeof SECTION_PERMISSIONS;

export const PERMISSION_NAMES = Object.freeze(Object.keys(SECTION_PERMISSIONS) as SectionPermission[]);

const BITS = new Map<string, number>(PERMISSION_NAMES.map((name, at) => [name, 1 << at]));

/** Permissions as bits, one for each. Unknown names have none. */
export const bitsOf = (permissions: readonly string[]): number =>
  permissions.reduce((bits, name) => bits | (BITS.get(name) ?? 0), 0);

/** The root of all sections: what it gives is inherited, and applies to models that are in no section. */
export const ROOT = 'ROOT';

/** The permissions that the four default groups have on ROOT when it is made; administrators can change them. */
export const ROOT_TEMPLATE: readonly (Extract<Holder, { group: string }> & {
  readonly permissions: readonly SectionPermission[];
})[] = Object.freeze([
  {
    group: 'bp-administrator',
    permissions: [
      'read',
      'write',
      'bpmn-section-edit-process-def',
      'bpmn-process-def-deploy',
      'bpmn-process-def-report-view',
      'bpmn-process-instance-read',
      'bpmn-process-instance-edit',
      'bpmn-process-instance-migrate',
      'bpmn-process-instance-run',
    ],
  },
  { group: 'bp-manager', permissions: ['read', 'bpmn-process-def-report-view'] },
  {
    group: 'bp-developer',
    permissions: [
      'read',
      'bpmn-process-def-deploy',
      'bpmn-process-def-report-view',
      'bpmn-process-instance-migrate',
      'bpmn-process-instance-run',
    ],
  },
  { group: 'bp-viewer', permissions: ['read'] },
]);
