import { isReference, type Condition } from './condition.js';
import { elementMark, fewest, OPEN_MARK, type Mark } from './mark.js';

/**
 * Which list of an instance is searched: `read` holds the marks of all of it; `open` those of what waits in it, and, as
 * long as something waits that is no user task, those of all of it.
 */
export type MarkList = 'open' | 'read';

const USER_TASK = 'bpmn:UserTask';
const ITEMS = 'instance.items';

/** What is known beside a condition: texts one of which a field holds. */
interface Pins {
  readonly field: string;
  readonly values: readonly unknown[];
  readonly more: Pins | undefined;
}

const pinned = (pins: Pins | undefined, field: string): readonly unknown[] | undefined =>
  pins === undefined || pins.field === field ? pins?.values : pinned(pins.more, field);

/** What a condition is asked of: an item of the instance, and which one as far as that is known. */
interface Place {
  readonly list: MarkList;
  readonly pins: Pins | undefined;
}

/** The values one of which the field must hold, where those are known. */
function valuesOf(condition: Condition): readonly unknown[] | undefined {
  if (condition.op === 'eq') return isReference(condition.value) ? undefined : [condition.value];
  if (condition.op !== 'in' && condition.op !== 'overlaps') return undefined;
  return isReference(condition.values) ? undefined : condition.values;
}

const isNames = (values: readonly unknown[]): values is readonly string[] =>
  values.every((value) => typeof value === 'string' && value !== '');

/** The kind of the mark that follows from a name at a field; undefined: none does. */
function kindOf(field: string, { list, pins }: Place): 'u' | 'g' | 's' | 'm' | undefined {
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
      return undefined;
  }
}

function ofElements(elements: readonly string[], { list, pins }: Place): readonly Mark[] | undefined {
  const models = pinned(pins, 'instance.name');
  // Of what is past only user tasks are marked; of what waits everything.
  const marked = list === 'open' || pinned(pins, 'item.type')?.every((type) => type === USER_TASK) === true;
  return marked && models !== undefined && isNames(models)
    ? models.flatMap((model) => elements.map((element) => elementMark(model, element)))
    : undefined;
}

function ofComparison(field: string, values: readonly unknown[], place: Place): readonly Mark[] | undefined {
  if (field === 'item.guard.open') return values.every((value) => value === true) ? [OPEN_MARK] : undefined;
  if (!isNames(values)) return undefined;
  if (field === 'item.elementId') return ofElements(values, place);
  const [at, on] = field.startsWith(`${ITEMS}.`)
    ? [`item.${field.slice(ITEMS.length + 1)}`, { list: 'read', pins: undefined } as const]
    : [field, place];
  if (at !== field && place.list === 'open') return undefined;
  const kind = kindOf(at, on);
  return kind === undefined ? undefined : values.map((value): Mark => `${kind}:${value}`);
}

/** What follows for the item of one place from all that must hold of it. */
function within(parts: readonly Condition[], { list, pins }: Place): Place {
  let known = pins;
  let all = list === 'read';
  for (const part of parts) {
    const values = valuesOf(part);
    if (values !== undefined && 'field' in part) known = { field: part.field, values, more: known };
    // Where something waits that is no user task, what waits carries the marks of all.
    all ||= part.op === 'ne' && part.field === 'item.type' && part.value === USER_TASK;
  }
  return { list: all ? 'read' : 'open', pins: known };
}

/** Of the whole list of items only what is known of the instance is known as well. */
const ofInstance = (pins: Pins | undefined): Pins | undefined =>
  pins === undefined
    ? undefined
    : pins.field.startsWith('instance.')
      ? { ...pins, more: ofInstance(pins.more) }
      : ofInstance(pins.more);

function ofSome(where: Condition, { list, pins }: Place): readonly Mark[] | undefined {
  const parts = where.op === 'and' ? where.of : [where];
  const waits = parts.some(
    (part) => part.op === 'eq' && part.field === 'item.status' && part.value === 'wait',
  );
  return list === 'read' || waits ? marksAt(where, { list, pins: ofInstance(pins) }) : undefined;
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

/**
 * Marks one of which every instance has in the list, that satisfies the condition, or has an item that does; for the
 * list `open` an item that waits. Undefined when nothing is known of it.
 * @param beside what holds as well
 */
export const marksOf = (
  condition: Condition,
  list: MarkList,
  beside: readonly Condition[] = [],
): readonly Mark[] | undefined => marksAt(condition, within(beside, { list, pins: undefined }));

/** The tenant whose instances alone satisfy all of the conditions; undefined when that is not known. */
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
