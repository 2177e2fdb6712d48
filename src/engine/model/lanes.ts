import { normaliseName } from '../../core/principal.js';
import { documentOf } from './dialects/document.js';
import { propertiesOf } from './dialects/properties.js';
import type { ModdleElement } from './host.js';

const list = (value: unknown): ModdleElement[] => (Array.isArray(value) ? (value as ModdleElement[]) : []);

/** The role that a diagram assigns to an element. */
export type Role =
  /** The diagram has no named lanes or pools, or the process does not use them as roles. */
  | { readonly kind: 'none' }
  | { readonly kind: 'named'; readonly name: string }
  /** There are roles, but none of them holds the element: it belongs to nobody. `found` says why. */
  | { readonly kind: 'closed'; readonly found: string };

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

/**
 * The lanes that contain an element, innermost first. If several lanes beside each other refer to it, one with a name
 * counts before one without, since a name further out admits more people.
 */
function around(lanes: readonly ModdleElement[], element: ModdleElement): ModdleElement[] {
  let first: ModdleElement[] = [];
  for (const lane of lanes) {
    const inner = around(innerLanes(lane), element);
    const found =
      inner.length > 0 ? [...inner, lane] : list(lane.flowNodeRef).includes(element) ? [lane] : [];
    if (found.some((entry) => nameOf(entry) !== '')) return found;
    if (first.length === 0) first = found;
  }
  return first;
}

/** The pools that represent a process. */
function poolsOf(process: ModdleElement): ModdleElement[] {
  return list(process.$parent?.rootElements)
    .flatMap((collaboration) => list(collaboration.participants))
    .filter((pool) => pool.processRef === process);
}

const onOneLine = ({ name }: ModdleElement): string => (name ?? '').replace(/\s+/g, ' ').trim();

/** The name of a lane or pool as read by people: its own, else that of what a lane stands for. '' if it has none. */
function nameOf(holder: ModdleElement): string {
  const own = onOneLine(holder);
  const standsFor = (holder.partitionElementRef ?? holder.partitionElement) as ModdleElement | undefined;
  return own === '' && standsFor !== undefined ? onOneLine(standsFor) : own;
}

interface Holders {
  /** All lanes and pools of the process. */
  readonly all: readonly ModdleElement[];
  /** Those that contain the element, innermost first. */
  readonly around: readonly ModdleElement[];
  /** The sub-processes that contain it, innermost first. */
  readonly within: readonly ModdleElement[];
}

/** What is around an element in its diagram. */
export function holdersOf(element: ModdleElement): Holders {
  const all: ModdleElement[] = [];
  const holding: ModdleElement[] = [];
  // The element and its enclosing sub-processes: an outer lane may refer to any of them.
  const path: ModdleElement[] = [];
  for (let at = element; at.$type !== 'bpmn:Process' && at.$parent !== undefined; at = at.$parent) {
    path.push(at);
    const lanes = lanesOf(at.$parent);
    all.push(...lanes.flatMap(withInner));
    holding.push(...(path.map((entry) => around(lanes, entry)).find((found) => found.length > 0) ?? []));
  }
  const pools = poolsOf(processOf(element));
  return { all: [...all, ...pools], around: [...holding, ...pools], within: path.slice(1) };
}

/**
 * The role that the diagram assigns to a task, start event or call activity: the name of the innermost named lane,
 * otherwise of its pool. If lanes or pools have names and none of them contains the element, or if one could not be
 * read, it belongs to nobody.
 * If nothing has a name, lanes and pools are not roles. A process turns this off with the property `lanesAsRoles`
 * set to `false`.
 */
export function roleOf({ def }: { readonly def: ModdleElement }): Role {
  if (propertiesOf(processOf(def)).get('lanesAsRoles') === 'false') return NONE;
  const { lostLane } = documentOf(def);
  if (lostLane !== undefined)
    return {
      kind: 'closed',
      found: `A lane or pool could not be read: ${lostLane.found} in ${lostLane.element}.`,
    };
  const { all, around: holders } = holdersOf(def);
  if (all.every((holder) => nameOf(holder) === '')) return NONE;
  const named = holders.find((holder) => nameOf(holder) !== '');
  if (named === undefined) return { kind: 'closed', found: 'No lane or pool around it has a name.' };
  const name = normaliseName(nameOf(named));
  return name === undefined
    ? { kind: 'closed', found: `No group can have the name ${JSON.stringify(nameOf(named))}.` }
    : { kind: 'named', name };
}
