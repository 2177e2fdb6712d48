import type { Condition } from '../condition/condition.js';
import { isTooLong } from '../condition/size.js';
import { dataPathOf, marksOfValues } from './data-marks.js';
import { USER_TASK } from '../condition/element-types.js';
import { valuesOf as statedBy } from '../condition/named.js';
import { elementMark, fewest, OPEN_MARK, type Mark } from './mark.js';

/**
 * The list of marks that is searched: `read` has the marks of the whole instance; `open` those of waiting items
 * and, while something other than a user task waits, those of the whole instance.
 */
export type MarkList = 'open' | 'read';

const ITEMS = 'instance.items';
/** Who holds labels, by label. */
const HOLDERS = 'instance.guard.roles.';

/** Facts known in addition to a condition: the texts that a field must have one of. */
interface Pins {
  readonly field: string;
  readonly values: readonly unknown[];
  readonly more: Pins | undefined;
}

const pinned = (pins: Pins | undefined, field: string): readonly unknown[] | undefined =>
  pins === undefined || pins.field === field ? pins?.values : pinned(pins.more, field);

/** What a condition is evaluated on: an item of the instance, and which one, if known. */
interface Place {
  readonly list: MarkList;
  readonly pins: Pins | undefined;
  /** The number of data paths in the list before the given one; undefined: it is not in the list. */
  readonly placeOf: PlaceOf;
}

type PlaceOf = (path: string) => number | undefined;

/** The values that the field must have one of, if they are known, and a query can state them. */
const valuesOf = (condition: Condition): readonly unknown[] | undefined =>
  'names' in condition && !isTooLong(condition.names) ? condition.values : statedBy(condition);

const isNames = (values: readonly unknown[]): values is readonly string[] =>
  values.every((value) => typeof value === 'string' && value !== '');

/** Where the holders of case roles are stored; the instance is marked with them, its waiting items are not. */
const CASE_HOLDERS = /^instance\.guard\.(?:caseHolders|caseRoles\.[^.]+)\.(users|groups)$/;

/** The kind of mark that follows from a name at a field; undefined if none does. */
function kindOf(field: string, { list, pins }: Place): 'u' | 'g' | 's' | 'm' | undefined {
  const holder = CASE_HOLDERS.exec(field)?.[1];
  if (holder !== undefined) return list === 'read' ? (holder === 'users' ? 'u' : 'g') : undefined;
  switch (field) {
    case 'item.assignee':
    case 'item.candidateUsers':
    case 'item.guard.owner':
      return 'u';
    case 'item.candidateGroups':
      return 'g';
    case 'instance.name':
      return 'm';
    case 'item.guard.completedBy':
      return list === 'read' ? 'u' : undefined;
    case 'instance.guard.startedBy':
      return list === 'read' ? 'u' : 's';
    case 'item.guard.startedBy':
      return list === 'read' || pinned(pins, 'item.guard.closed')?.every((value) => value === true)
        ? 'u'
        : 's';
    default:
      return field.startsWith(HOLDERS) ? (list === 'read' ? 'u' : 's') : undefined;
  }
}

function ofElements(elements: readonly string[], { list, pins }: Place): readonly Mark[] | undefined {
  const models = pinned(pins, 'instance.name');
  // Of past items only user tasks are marked; of waiting ones, all.
  const marked = list === 'open' || pinned(pins, 'item.type')?.every((type) => type === USER_TASK) === true;
  return marked && models !== undefined && isNames(models)
    ? models.flatMap((model) => elements.map((element) => elementMark(model, element)))
    : undefined;
}

function ofData(path: string, values: readonly unknown[], { placeOf }: Place): readonly Mark[] | undefined {
  const before = placeOf(path);
  return before === undefined ? undefined : marksOfValues(path, values, before);
}

function ofComparison(field: string, values: readonly unknown[], place: Place): readonly Mark[] | undefined {
  const path = dataPathOf(field);
  if (path !== undefined) return ofData(path, values, place);
  if (field === 'item.guard.open') return values.every((value) => value === true) ? [OPEN_MARK] : undefined;
  if (!isNames(values)) return undefined;
  if (field === 'item.elementId') return ofElements(values, place);
  const [at, on] = field.startsWith(`${ITEMS}.`)
    ? [`item.${field.slice(ITEMS.length + 1)}`, { ...place, list: 'read', pins: undefined } as const]
    : [field, place];
  if (at !== field && place.list === 'open') return undefined;
  const kind = kindOf(at, on);
  return kind === undefined ? undefined : values.map((value): Mark => `${kind}:${value}`);
}

/** What follows for one place's item from conditions that must all hold. */
function within(parts: readonly Condition[], place: Place): Place {
  const { list } = place;
  let known = place.pins;
  let all = list === 'read';
  for (const part of parts) {
    const values = valuesOf(part);
    if (values !== undefined && 'field' in part) known = { field: part.field, values, more: known };
    // While something other than a user task waits, waiting items carry all marks.
    all ||= part.op === 'ne' && part.field === 'item.type' && part.value === USER_TASK;
  }
  return { ...place, list: all ? 'read' : 'open', pins: known };
}

/** For the whole list of items, only facts about the instance are known. */
const ofInstance = (pins: Pins | undefined): Pins | undefined =>
  pins === undefined
    ? undefined
    : pins.field.startsWith('instance.')
      ? { ...pins, more: ofInstance(pins.more) }
      : ofInstance(pins.more);

function ofSome(where: Condition, place: Place): readonly Mark[] | undefined {
  const { list, pins } = place;
  const parts = where.op === 'and' ? where.of : [where];
  const waits = parts.some(
    (part) => part.op === 'eq' && part.field === 'item.status' && part.value === 'wait',
  );
  return list === 'read' || waits ? marksAt(where, { ...place, pins: ofInstance(pins) }) : undefined;
}

function unionOf(lists: Iterable<readonly Mark[] | undefined>): readonly Mark[] | undefined {
  const union = new Set<Mark>();
  for (const list of lists) {
    if (list === undefined) return undefined;
    for (const mark of list) union.add(mark);
  }
  return [...union];
}

function marksAt(condition: Condition, place: Place): readonly Mark[] | undefined {
  switch (condition.op) {
    case 'eq':
    case 'in':
    case 'overlaps': {
      const values = valuesOf(condition);
      return values && ofComparison(condition.field, values, place);
    }
    case 'some':
      return condition.field === ITEMS ? ofSome(condition.where, place) : undefined;
    case 'and': {
      const inside = within(condition.of, place);
      return fewest(condition.of.map((part) => marksAt(part, inside)));
    }
    case 'or':
      return unionOf(condition.of.map((part) => marksAt(part, place)));
    case 'cases': {
      const { field } = condition;
      return unionOf(
        condition.cases.map(({ value, when }) => {
          const inside = { ...place, pins: { field, values: [value], more: place.pins } };
          return fewest([ofComparison(field, [value], inside), marksAt(when, inside)]);
        }),
      );
    }
    default:
      return undefined;
  }
}

/** What is known beside a condition. */
interface Beside {
  /** Conditions that hold as well. */
  readonly conditions?: readonly Condition[];
  /** The paths below `data` for which instances are marked, in the order in which they were added. */
  readonly dataPaths?: readonly string[];
}

/**
 * Marks of the list: every instance that satisfies the condition, or has an item that does (for `open`, a waiting
 * one), has one of them. Undefined if none are known.
 */
export function marksOf(
  condition: Condition,
  list: MarkList,
  { conditions = [], dataPaths = [] }: Beside = {},
): readonly Mark[] | undefined {
  const placeOf = (path: string): number | undefined => {
    const at = dataPaths.indexOf(path);
    return at === -1 ? undefined : at;
  };
  return marksAt(condition, within(conditions, { list, pins: undefined, placeOf }));
}

/** The marks of {@link marksOf} if instances were marked for all data paths. */
export const marksWithData = (condition: Condition): readonly Mark[] | undefined =>
  marksAt(condition, within([], { list: 'read', pins: undefined, placeOf: () => 0 }));

/** The tenant to which all matching instances belong; undefined if it is not known. */
export function tenantOf(
  conditions: readonly Condition[],
): { readonly tenantId: string | undefined } | undefined {
  for (const condition of conditions) {
    if (!('field' in condition) || condition.field !== 'instance.tenantId') continue;
    if (condition.op === 'exists' && !condition.present) return { tenantId: undefined };
    if (condition.op === 'eq' && typeof condition.value === 'string') return { tenantId: condition.value };
  }
  return undefined;
}
