import { normaliseName } from '../../core/principal.js';
import { isInvisible } from '../../core/user-info.js';
import { show } from '../../core/value.js';
import { documentOf } from './dialects/document.js';
import { propertiesOf } from './dialects/properties.js';
import type { ModdleElement } from './host.js';

const list = (value: unknown): ModdleElement[] => (Array.isArray(value) ? (value as ModdleElement[]) : []);

/** The role that a diagram assigns to an element. */
export type Role =
  /** The diagram has no named lanes or pools, or the process does not use them as roles. */
  | { readonly kind: 'none' }
  | { readonly kind: 'named'; readonly name: string }
  /** There are roles, but not one that holds the element: it belongs to nobody. For a warning. */
  | { readonly kind: 'closed'; readonly found: string; readonly means: string };

const NONE: Role = Object.freeze({ kind: 'none' });

/** The process of an element, through sub-processes. */
export function processOf(element: ModdleElement): ModdleElement {
  let at = element;
  while (at.$type !== 'bpmn:Process' && at.$parent !== undefined) at = at.$parent;
  return at;
}

const innerLanes = (lane: ModdleElement): ModdleElement[] =>
  list((lane.childLaneSet as ModdleElement | undefined)?.lanes);
const lanesOf = (container: ModdleElement): ModdleElement[] =>
  list(container.laneSets).flatMap((set) => list(set.lanes));
const withInner = (lane: ModdleElement): ModdleElement[] => [lane, ...innerLanes(lane).flatMap(withInner)];

/** The lanes that contain an element, also where several beside each other do. */
function around(lanes: readonly ModdleElement[], element: ModdleElement): ModdleElement[] {
  return lanes.flatMap((lane) => {
    const inner = around(innerLanes(lane), element);
    return inner.length > 0 ? [...inner, lane] : list(lane.flowNodeRef).includes(element) ? [lane] : [];
  });
}

/**
 * The innermost names of the lanes that contain an element. Several, if lanes beside each other refer to it; one with a
 * name counts before one without, since a name further out admits more people.
 */
function namesIn(lanes: readonly ModdleElement[], element: ModdleElement): string[] {
  return lanes.flatMap((lane) => {
    const inner = namesIn(innerLanes(lane), element);
    return inner.length > 0 ? inner : around([lane], element).length > 0 ? named([lane]) : [];
  });
}

/** The pools that represent a process. */
export function poolsOf(process: ModdleElement): ModdleElement[] {
  return list(process.$parent?.rootElements)
    .flatMap((collaboration) => list(collaboration.participants))
    .filter((pool) => pool.processRef === process);
}

/** '' for a name that nobody sees. */
function onOneLine({ name = '' }: ModdleElement): string {
  return isInvisible(name) ? '' : name.replace(/\s+/g, ' ').trim();
}

/** The name of a lane or pool as read by people: its own, else that of what a lane stands for. '' if it has none. */
function nameOf(holder: ModdleElement): string {
  const own = onOneLine(holder);
  const standsFor = (holder.partitionElementRef ?? holder.partitionElement) as ModdleElement | undefined;
  if (own !== '' || standsFor === undefined) return own;
  // The parser takes an element written inside of the lane for one without a name.
  const { name = standsFor.$attrs?.name } = standsFor;
  return onOneLine({ name } as ModdleElement);
}

interface Holders {
  /** All lanes and pools of the process. */
  readonly all: readonly ModdleElement[];
  /** Those that contain the element. */
  readonly around: readonly ModdleElement[];
  /** Their innermost names, level by level from the inside: of a sub-process, of the process, of the pools. */
  readonly names: readonly (readonly string[])[];
  /** The sub-processes that contain it, innermost first. */
  readonly within: readonly ModdleElement[];
}

/** The names of lanes or pools that have one. */
const named = (holders: readonly ModdleElement[]): string[] =>
  holders.map(nameOf).filter((name) => name !== '');

/** What is around an element in its diagram. */
export function holdersOf(element: ModdleElement): Holders {
  const all: ModdleElement[] = [];
  const holding: ModdleElement[] = [];
  const names: string[][] = [];
  // The element and its enclosing sub-processes: an outer lane may refer to any of them.
  const path: ModdleElement[] = [];
  for (let at = element; at.$type !== 'bpmn:Process' && at.$parent !== undefined; at = at.$parent) {
    path.push(at);
    const lanes = lanesOf(at.$parent);
    all.push(...lanes.flatMap(withInner));
    const held = path.find((entry) => around(lanes, entry).length > 0);
    if (held === undefined) continue;
    holding.push(...around(lanes, held));
    names.push(namesIn(lanes, held));
  }
  const pools = poolsOf(processOf(element));
  return {
    all: [...all, ...pools],
    around: [...holding, ...pools],
    names: [...names, named(pools)],
    within: path.slice(1),
  };
}

const IN_NONE = 'The lanes or pools are roles, and this is in none of them: it belongs to nobody.';
const IN_SEVERAL =
  'The lanes or pools are roles, and an element has only one: all of these are ignored, and it belongs to nobody.';
const NO_NAME =
  'No group can have this name, so nobody is in the lane or pool: its elements belong to nobody.';
const closed = (found: string, means = IN_NONE): Role => ({ kind: 'closed', found, means });

/**
 * The role that the diagram assigns to a task, start event or call activity: the name of the innermost named lane,
 * otherwise of its pool. If lanes or pools have names and none of them contains the element, if several with different
 * names do beside each other, or if one could not be read, it belongs to nobody.
 * If nothing has a name, lanes and pools are not roles. A process turns this off with the property `lanesAsRoles`
 * set to `false`.
 */
export function roleOf({ def }: { readonly def: ModdleElement }): Role {
  if (propertiesOf(processOf(def)).get('lanesAsRoles') === 'false') return NONE;
  const { lostLane } = documentOf(def);
  if (lostLane !== undefined)
    return closed(`A lane or pool could not be read: ${lostLane.found} in ${lostLane.element}.`);
  const holders = holdersOf(def);
  if (holders.all.every((holder) => nameOf(holder) === '')) return NONE;
  const names = holders.names.find((level) => level.length > 0) ?? [];
  const [found, ...more] = new Set(names.map((name) => name.normalize('NFC')));
  if (found === undefined) return closed('No lane or pool around it has a name.');
  if (more.length > 0) return closed(`lanes or pools ${[found, ...more].map(show).join(', ')}`, IN_SEVERAL);
  const name = normaliseName(found);
  return name === undefined ? closed(`a lane or pool ${show(found)}`, NO_NAME) : { kind: 'named', name };
}
