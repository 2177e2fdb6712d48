/** The type of a stored value, by MongoDB's name; integers are distinguished from doubles as in `$type`. */
export type Kind =
  | 'missing'
  | 'null'
  | 'int'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'minKey'
  | 'maxKey'
  | 'other';

const BSON_KINDS: Readonly<Record<string, Kind>> = {
  ObjectId: 'objectId',
  ObjectID: 'objectId',
  Binary: 'binData',
  Long: 'long',
  Int32: 'int',
  Double: 'double',
  Decimal128: 'decimal',
  BSONRegExp: 'regex',
  BSONSymbol: 'string',
  Timestamp: 'timestamp',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

const ORDER: Readonly<Record<Kind, number>> = {
  minKey: -1,
  missing: 0,
  null: 1,
  int: 2,
  long: 2,
  double: 2,
  decimal: 2,
  string: 3,
  object: 4,
  array: 5,
  binData: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  timestamp: 10,
  regex: 11,
  other: 12,
  maxKey: 13,
};

/** Checked first: it is fast, and ignores inherited properties. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The name of a BSON class. Inherited only: a document with its own field `_bsontype` is not of such a class. */
function bsonType(value: object): string | undefined {
  const type = (value as { _bsontype?: unknown })._bsontype;
  return typeof type === 'string' && !Object.hasOwn(value, '_bsontype') ? type : undefined;
}

const isInt32 = (value: number): boolean => (value | 0) === value && !Object.is(value, -0);

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return isInt32(value) ? 'int' : 'double';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'undefined':
      return 'missing';
    case 'object': {
      if (value === null) return 'null';
      if (isPlain(value)) return 'object';
      if (Array.isArray(value)) return 'array';
      if (value instanceof Date) return 'date';
      if (value instanceof RegExp) return 'regex';
      if (value instanceof Uint8Array) return 'binData';
      const type = bsonType(value);
      return type === undefined ? 'object' : (BSON_KINDS[type] ?? 'other');
    }
    default:
      return 'other';
  }
}

/** The position of a type in MongoDB's sort order; values of equal rank are compared with each other. */
export const rankOf = (kind: Kind): number => ORDER[kind];

/** True for a plain (sub)document; false for lists, dates, ids and other values. */
export function isDocument(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return isPlain(value) || kindOf(value) === 'object';
}

/** The own field of a document; undefined for other values and for inherited fields. */
export function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Record<string, unknown>)[key];
  // Most fields that are asked for are missing: only one that is found is worth a second look.
  return found !== undefined && isDocument(value) && Object.hasOwn(value, key) ? found : undefined;
}
