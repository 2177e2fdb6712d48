import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { BadInput } from '../../core/errors.js';
import {
  assertOnce,
  parseCaseRoles,
  parsePassedRoles,
  type CaseRole,
  type PassedRole,
} from '../../core/policies/case-roles/declaration.js';
import { show } from '../../core/value.js';
import { documentOf } from './dialects/document.js';
import { extensionsOf } from './dialects/foreign.js';
import { childrenOf } from './dialects/namespaces.js';
import { allProperties } from './dialects/properties.js';
import { JBPM } from './dialects/uris.js';
import type { HostDefinition, ModdleElement } from './host.js';

/** The property of a process that declares its roles, and of a call activity that passes some on. */
const PROPERTY = 'caseRoles';
const NEARLY = /^(?:custom)?case[-_. ]?roles?$/i;
/** How jBPM declares them. */
const META_DATA = 'customCaseRoles';

const bad = (message: string): never => {
  throw new BadInput('bad-model', message);
};

/** The text of an element that the parser has no type for. */
function textOf(element: ModdleElement): string {
  const { $body } = element as { $body?: unknown };
  return [typeof $body === 'string' ? $body : '', ...childrenOf(element).map(textOf)].join('').trim();
}

/** Declarations in jBPM's form: `<drools:metaData name="customCaseRoles">`. */
const jbpmDeclarations = (process: ModdleElement): string[] => {
  const { namespaces } = documentOf(process);
  return extensionsOf(process).flatMap((extension) => {
    const { uri, local } = namespaces.nameOf(extension);
    const isOurs = uri === JBPM && local === 'metaData' && extension.name === META_DATA;
    return isOurs ? [textOf(extension)] : [];
  });
};

/**
 * The texts of an element's property `caseRoles`. A name that is nearly it is refused: a declaration that is passed
 * over would protect nothing.
 * @throws BadInput `bad-model`
 */
function declarationsAt(element: ModdleElement): string[] {
  const at = element.id ?? element.$type;
  const found = allProperties(element).filter(({ name }) => NEARLY.test(name));
  for (const { name, understood } of found) {
    if (name !== PROPERTY) bad(`${at}: the property ${show(name)} is not known. Did you mean ${PROPERTY}?`);
    if (!understood) bad(`${at}: the property ${PROPERTY} is in a namespace that is not known.`);
  }
  const texts = found.map(({ value }) => value);
  return element.$type === CALL_ACTIVITY ? texts : [...texts, ...jbpmDeclarations(element)];
}

/**
 * The roles that a definition declares; an instance has those of all its processes.
 * @throws BadInput `bad-model`, naming the process and the part
 */
export function rolesOf(definition: HostDefinition): CaseRole[] {
  const roles = [...definition.processes.values()].flatMap(({ id, def }) => {
    const [text, ...more] = declarationsAt(def);
    if (more.length > 0) bad(`${id}: caseRoles is declared twice.`);
    return text === undefined ? [] : parseCaseRoles(text);
  });
  assertOnce(roles);
  return roles;
}

/**
 * The roles that a call activity passes on to the process that it calls.
 * @throws BadInput `bad-model`, naming the element and the part
 */
export function passedRoles(call: ModdleElement, declared: readonly CaseRole[]): PassedRole[] {
  const [text, ...more] = declarationsAt(call);
  if (more.length > 0) bad(`${call.id ?? ''}: caseRoles is declared twice.`);
  return text === undefined ? [] : parsePassedRoles(text, declared);
}

/**
 * The roles that a definition declares, with what its calls pass on checked as well.
 * @throws BadInput `bad-model`
 */
export function checkCaseRoles(definition: HostDefinition): CaseRole[] {
  const roles = rolesOf(definition);
  for (const { type, def } of definition.nodes.values()) if (type === CALL_ACTIVITY) passedRoles(def, roles);
  return roles;
}
