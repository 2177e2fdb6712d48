import type { Does } from '../../../src/store/mongo/shape.js';
import type { Key } from '../../../src/store/mongo/index-list.js';

type Doc = Readonly<Record<string, unknown>>;

/** What a command of the driver asks of a collection, without the values. */
export interface Asked {
  readonly collection: string;
  readonly does: Does;
  /** How many values each field is compared with, of those that every document found has one of. */
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  /** The fields that every document found is tested by in another way. */
  readonly tested: ReadonlySet<string>;
  /** The tested fields of one entry of a list, for each such condition. */
  readonly groups: readonly ReadonlySet<string>[];
  /** Every field that is named in a condition, also in alternatives and negations. */
  readonly fields: ReadonlySet<string>;
  readonly order: Key | undefined;
  readonly limit: number | undefined;
  /** Whether the server was given a time limit. */
  readonly timed: boolean;
}

const isDoc = (value: unknown): value is Doc =>
  Object.prototype.toString.call(value) === '[object Object]' && !('_bsontype' in (value as object));
const isTest = (value: unknown): value is Doc =>
  isDoc(value) && Object.keys(value).some((key) => key.startsWith('$'));
const docs = (value: unknown): Doc[] => (Array.isArray(value) ? value : []) as Doc[];

class Conditions {
  readonly values = new Map<string, unknown[]>();
  readonly tested = new Set<string>();
  readonly fields = new Set<string>();
  readonly groups: Set<string>[] = [];

  /** @param must whether every document found satisfies it */
  read(filter: Doc, must = true, prefix = ''): this {
    for (const [key, value] of Object.entries(filter)) {
      if (key === '$and') docs(value).forEach((part) => this.read(part, must, prefix));
      else if (key === '$nor' && docs(value).length === 1) this.negated(docs(value)[0] as Doc, must, prefix);
      else if (key === '$or' || key === '$nor') docs(value).forEach((part) => this.read(part, false, prefix));
      else if (key.startsWith('$')) this.fields.add(key);
      else this.field(`${prefix}${key}`, value, must);
    }
    return this;
  }

  /** The negation of one comparison is a test of its field. */
  private negated(filter: Doc, must: boolean, prefix: string): void {
    this.read(filter, false, prefix);
    const [field, ...more] = Object.keys(filter);
    if (must && field !== undefined && more.length === 0 && !field.startsWith('$'))
      this.tested.add(`${prefix}${field}`);
  }

  private element(operand: Doc, must: boolean, prefix: string): void {
    const { values, tested } = new Conditions().read(operand, must, prefix);
    if (must) this.groups.push(new Set([...values.keys(), ...tested]));
    this.read(operand, must, prefix);
  }

  private field(field: string, value: unknown, must: boolean): void {
    this.fields.add(field);
    if (!isTest(value)) {
      if (must) this.values.set(field, [value]);
      return;
    }
    for (const [operator, operand] of Object.entries(value)) {
      if (operator === '$elemMatch' && isDoc(operand)) this.element(operand, must, `${field}.`);
      else if (!must) continue;
      else if (operator === '$eq') this.values.set(field, [operand]);
      else if (operator === '$in') this.values.set(field, operand as unknown[]);
      else this.tested.add(field);
    }
  }
}

/** The driver sends a sort as a map. */
const keyOf = (sort: unknown): Key | undefined => {
  const entries =
    sort instanceof Map ? [...(sort as Map<string, 1 | -1>)] : Object.entries((sort ?? {}) as Key);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

const asked = (
  collection: unknown,
  does: Does,
  filter: unknown,
  { sort, limit, maxTimeMS }: { sort?: unknown; limit?: unknown; maxTimeMS?: unknown } = {},
): Asked => {
  const { values, tested, groups, fields } = new Conditions().read((filter ?? {}) as Doc);
  return {
    collection: String(collection),
    does,
    values,
    tested,
    groups,
    fields,
    order: keyOf(sort),
    limit: typeof limit === 'number' && limit > 0 ? limit : undefined,
    timed: does === 'update' || does === 'delete' || maxTimeMS !== undefined,
  };
};

/** Stages that leave the order of what an index gives as it is. */
const IN_ORDER = new Set(['$match', '$project', '$addFields']);

/** Sorting behind `$unwind` sorts all that was found. */
function ofPipeline({ aggregate, pipeline, maxTimeMS }: Doc): Asked {
  const stages = docs(pipeline).map((stage) => Object.entries(stage)[0] as [string, unknown]);
  const filter = stages[0]?.[0] === '$match' ? stages[0][1] : {};
  const does = stages.some(([name]) => name === '$count' || name === '$group') ? 'count' : 'find';
  const at = stages.findIndex(([name]) => name === '$sort');
  const inOrder = stages.slice(0, at).every(([name]) => IN_ORDER.has(name));
  const sort =
    at < 0 ? undefined : inOrder ? stages[at]?.[1] : { ...(stages[at]?.[1] as object), unwound: 1 };
  const limit = stages.find(([name]) => name === '$limit')?.[1];
  return asked(aggregate, does, filter, { sort, limit, maxTimeMS });
}

/** Commands that ask for no documents of a collection. */
const OTHERS: ReadonlySet<string> = new Set(
  'insert getMore killCursors ping hello ismaster isMaster endSessions createIndexes listIndexes create'.split(
    ' ',
  ),
);

/** What a command of the driver asks for; one command may write by several filters. @throws for one that is unknown */
export function askedBy(name: string, command: Doc): Asked[] {
  if (OTHERS.has(name)) return [];
  switch (name) {
    case 'find':
      return [asked(command.find, 'find', command.filter, command)];
    case 'aggregate':
      return [ofPipeline(command)];
    case 'distinct':
      return [asked(command.distinct, 'distinct', command.query, command)];
    case 'update':
      return docs(command.updates).map(({ q }) => asked(command.update, 'update', q));
    case 'delete':
      return docs(command.deletes).map(({ q }) => asked(command.delete, 'delete', q));
    case 'findAndModify':
      return [asked(command.findAndModify, command.remove === true ? 'delete' : 'update', command.query)];
    default:
      throw new Error(`The command ${name} is not one that the tables of queries know.`);
  }
}
