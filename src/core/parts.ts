import { referenceIn, type Condition } from './condition/condition.js';
import { OPERATIONS, type Operation } from './operation.js';
import type { Resource } from './resource.js';

/** The parts that a condition can refer to; `items` is the list of all items of the instance. */
export type Part = 'item' | 'instance' | 'items' | 'model' | 'start';

/** Large fields of an instance, which lists do not load, so rules cannot refer to them. */
const NOT_AT_HAND: ReadonlySet<string> = new Set(['source', 'svg', 'logs', 'savePoints', 'loops', 'all']);

const AT: Readonly<Record<string, readonly Part[]>> = {
  task: ['item', 'instance', 'items'],
  instance: ['instance', 'items'],
  model: ['model'],
  system: [],
};
/** An event either starts an instance or reaches an item of one that waits for it. */
const SENT: ReadonlySet<Operation> = new Set(['instance:message', 'instance:signal']);

/** The parts that a resource of the operation can have. */
function askable(operation: Operation): readonly Part[] {
  if (operation === 'instance:start') return ['model', 'start'];
  const parts = AT[OPERATIONS[operation].kind] as readonly Part[];
  if (operation === 'instance:event') return ['item', ...parts];
  return SENT.has(operation) ? ['item', ...parts, 'model', 'start'] : parts;
}

function addField(found: Set<Part>, field: string): void {
  if (field.startsWith('user.')) return;
  const [root, second] = field.split('.', 2) as [Part, string | undefined];
  if (root === 'instance' && second !== undefined && NOT_AT_HAND.has(second))
    throw new TypeError(`a rule cannot refer to ${field}: lists do not load it`);
  found.add(root);
  if (root === 'instance' && second === 'items') found.add('items');
}

function addParts(found: Set<Part>, condition: Condition): void {
  switch (condition.op) {
    case 'and':
    case 'or':
      for (const part of condition.of) addParts(found, part);
      return;
    case 'not':
      addParts(found, condition.of);
      return;
    case 'some': {
      const inside = new Set<Part>();
      addParts(inside, condition.where);
      // Inside, `item` is the element of the list.
      inside.delete('item');
      for (const part of inside) found.add(part);
      addField(found, condition.field);
      return;
    }
    case 'cases':
      addField(found, condition.field);
      for (const when of new Set(condition.cases.map((one) => one.when))) addParts(found, when);
      return;
    default: {
      addField(found, condition.field);
      const reference = referenceIn(condition);
      if (reference !== undefined && reference.ref !== 'user') found.add('instance');
    }
  }
}

/** @throws TypeError if the condition names a field that no rule can refer to */
export function partsOf(condition: Condition): ReadonlySet<Part> {
  const found = new Set<Part>();
  addParts(found, condition);
  return found;
}

/** Parts that a resource can have; a condition that names others is refused later. */
const MOST_PARTS = 5;

/** Finds the parts of a resource that conditions refer to; cached as long as the condition lives. */
export class Parts {
  private readonly known = new WeakMap<Condition, ReadonlySet<Part>>();
  /** Of many rules most refer to the same parts. */
  private readonly shared = new Map<string, ReadonlySet<Part>>();

  /** @throws TypeError if the condition names a field that no rule can refer to */
  of(condition: Condition): ReadonlySet<Part> {
    const known = this.known.get(condition);
    if (known !== undefined) return known;
    const found = this.sharedOf(partsOf(condition));
    if (Object.isFrozen(condition)) this.known.set(condition, found);
    return found;
  }

  private sharedOf(parts: ReadonlySet<Part>): ReadonlySet<Part> {
    const key = [...parts].join();
    const known = this.shared.get(key);
    if (known === undefined && parts.size <= MOST_PARTS) this.shared.set(key, parts);
    return known ?? parts;
  }

  /** @throws TypeError if a resource of the operation never has one of the parts */
  assertAskable(operation: Operation, spokenOf: ReadonlySet<Part>): void {
    const parts = askable(operation);
    for (const part of spokenOf) {
      if (!parts.includes(part))
        throw new TypeError(
          `a rule for ${operation} cannot refer to ${part}; it can refer to ${parts.join(', ') || 'nothing'}`,
        );
    }
  }
}

/** True if an event starts an instance: the resource then has no instance, rather than one that was not loaded. */
const startsOne = (resource: Resource): boolean =>
  resource.start !== undefined && resource.instance === undefined;

/** True for a part that this resource does not have, so that a rule which refers to it does not hold. */
export function isAbsent(resource: Resource, part: Part): boolean {
  if (part === 'model' || part === 'start')
    return resource.instance !== undefined && resource.model === undefined;
  return startsOne(resource);
}

/** True for a part that was not loaded: nothing can be told about it, and no negation holds. */
export function isMissing(resource: Resource, part: Part): boolean {
  if (isAbsent(resource, part)) return false;
  return part === 'items' ? resource.instance?.items === undefined : resource[part] === undefined;
}

/** True for a part that the resource has: neither {@link isAbsent} nor {@link isMissing}. */
export function hasPart(resource: Resource, part: Part): boolean {
  switch (part) {
    case 'instance':
      return resource.instance !== undefined;
    case 'items':
      return resource.instance?.items !== undefined;
    default:
      return resource[part] !== undefined && !isAbsent(resource, part);
  }
}
