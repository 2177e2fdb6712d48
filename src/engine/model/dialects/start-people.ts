import { cleanNames, unusableNames } from '../derive.js';
import type { HostNode, ModdleElement } from '../host.js';
import { holdersOf } from '../lanes.js';
import { documentOf, type ModelDocument } from './document.js';
import { NAMES_ONLY, readExpression } from './expression.js';
import {
  extensionsOf,
  isAboutOtherThings,
  mayNamePeople,
  peopleIn,
  shown,
  textOf,
  type IsName,
} from './foreign.js';
import { isOfEngine, isUnknownAttribute } from './harmless.js';
import { childrenOf, type Attribute } from './namespaces.js';
import { entriesOf, isInForeignLanguage, isPlain } from './standard-roles.js';
import { SAME_ATTRIBUTES } from './uris.js';
import { lostIn, sayAround } from './task-people.js';
import { INITIATOR, POTENTIAL_STARTER, PROCESS_ATTRIBUTES, START_EVENT_ATTRIBUTES } from './understood.js';
import { isAboutPeople, isAboutStarters, isNearlyKnown } from './vocabulary.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { warning } from './warning.js';

/** The people whom a model admits to a start event, apart from its lane. */
interface Starters {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** The model declares starters: the start is not open, even if they evaluate to nobody. */
  readonly declared: boolean;
  /** Parts that look like a declaration of starters and are not understood: the start is not open. */
  readonly unclear: readonly ModelWarning[];
}

const CLOSES = 'It is not understood and admits nobody to the start.';
const EMPTY =
  'It is empty and admits nobody to the start. Remove it, and a start that names nobody else is open to everybody.';
const NOT_A_NAME =
  'Nobody can have such a name, and it does not mean everybody: it admits nobody. A start' +
  ' that names nobody and has no' +
  ' lane is open to everybody.';

interface Collected {
  readonly users: string[];
  readonly groups: string[];
  readonly unclear: ModelWarning[];
}

const isUnderstood = ({ uri }: Pick<Attribute, 'uri'>): boolean =>
  uri !== undefined && Object.hasOwn(SAME_ATTRIBUTES, uri);

/** A process has many more attributes; only those that are read name people. */
const isUnknown = (attribute: Attribute): boolean =>
  attribute.local !== INITIATOR && isUnknownAttribute(attribute);

function sayAttributes(
  element: ModdleElement,
  { namespaces }: ModelDocument,
  [users, groups]: readonly [users: string, groups: string],
  isName: IsName,
  to: Collected,
): void {
  const isOfStart = element.$type === 'bpmn:StartEvent';
  for (const attribute of namespaces.attributesOf(element)) {
    const { uri, local, value } = attribute;
    if (isAboutOtherThings(uri)) continue;
    const target = !isUnderstood(attribute)
      ? undefined
      : local === users
        ? to.users
        : local === groups
          ? to.groups
          : undefined;
    if (value.trim() === '') {
      if (target !== undefined) to.unclear.push(warning(element, shown(attribute), EMPTY));
      continue;
    }
    const expression = readExpression(value, NAMES_ONLY);
    if (target !== undefined && expression?.kind === 'names') {
      target.push(...value.split(','));
      if (unusableNames(value).length > 0) to.unclear.push(warning(element, shown(attribute), NOT_A_NAME));
    } else if (
      target !== undefined ||
      (isOfEngine(uri) ? isName(local) : mayNamePeople(attribute, isName)) ||
      (isOfStart && isUnknown(attribute))
    )
      to.unclear.push(warning(element, shown(attribute), CLOSES));
  }
}

/** The language that an expression inside declares. */
function languageOf(element: ModdleElement): string | undefined {
  const { language } = element as { language?: unknown };
  if (typeof language === 'string') return language;
  return childrenOf(element)
    .map(languageOf)
    .find((found) => found !== undefined);
}

function sayPotentialStarter(process: ModdleElement, element: ModdleElement, to: Collected): void {
  const text = textOf(element);
  const expression = readExpression(text, NAMES_ONLY);
  if (text === '' || expression?.kind !== 'names') {
    to.unclear.push(warning(process, `<${element.$type}> ${text}`, CLOSES));
    return;
  }
  const entries = entriesOf(text, 'group');
  if (!entries.every(isPlain) || isInForeignLanguage(languageOf(element), entries)) {
    to.unclear.push(warning(process, `<${element.$type}> ${text}`, CLOSES));
    return;
  }
  if (entries.some((entry) => unusableNames(entry.text).length > 0))
    to.unclear.push(warning(process, `<${element.$type}> ${text}`, NOT_A_NAME));
  for (const entry of entries) (entry.kind === 'user' ? to.users : to.groups).push(entry.text);
}

function sayExtensions(
  element: ModdleElement,
  { namespaces }: ModelDocument,
  isName: IsName,
  to: Collected,
): void {
  for (const extension of extensionsOf(element)) {
    const { uri, local } = namespaces.nameOf(extension);
    if (isUnderstood({ uri }) && local === POTENTIAL_STARTER && element.$type === 'bpmn:Process') {
      sayPotentialStarter(element, extension, to);
      continue;
    }
    const found = peopleIn(extension, namespaces, isName);
    if (found !== undefined) to.unclear.push(warning(element, found, CLOSES));
  }
}

/** The model's declarations about who may use a start event, at the event and at its process. */
export function readStarters(start: ModdleElement, process: ModdleElement): Starters {
  const document = documentOf(start);
  const to: Collected = { users: [], groups: [], unclear: [] };
  sayAttributes(start, document, START_EVENT_ATTRIBUTES, isAboutPeople, to);
  sayExtensions(start, document, isAboutPeople, to);
  sayAttributes(process, document, PROCESS_ATTRIBUTES, isAboutStarters, to);
  sayExtensions(process, document, isAboutStarters, to);
  for (const role of (process.resources ?? []) as ModdleElement[])
    to.unclear.push(warning(process, `<${role.$type}>`, CLOSES));
  const declared = to.users.length + to.groups.length + to.unclear.length > 0;
  if (!declared)
    to.unclear.push(...lostIn(start, document), ...sayAround(start, holdersOf(start).around, isNearlyKnown));
  return {
    users: cleanNames(to.users),
    groups: cleanNames(to.groups),
    declared: declared || to.unclear.length > 0,
    unclear: to.unclear,
  };
}

/** The variable that stores the starter, in dialects that have one. */
function initiatorOf(start: ModdleElement): string | undefined {
  const attributes = documentOf(start).namespaces.attributesOf(start);
  const found = attributes.find((attribute) => attribute.local === INITIATOR && isUnderstood(attribute));
  return found?.value.trim() || undefined;
}

/**
 * Sets the initiator variable of the host's start event: upstream knows only Camunda's attribute, by its prefix.
 * Needed after each load of a definition, since a load creates new nodes.
 */
export function setInitiator(node: HostNode): void {
  const name = initiatorOf(node.def);
  if (name === undefined) delete node.initiator;
  else node.initiator = name;
}
