import { BadInput } from '../../core/errors.js';
import { FORBIDDEN_KEYS } from '../../core/path.js';
import { isPlainObject, show } from '../../core/value.js';
import type { Data } from '../contract/types.js';

/** Limits of the data of one call: depth, number of values, total characters of texts. */
const DATA_LIMITS = { depth: 40, values: 100_000, text: 4_000_000 } as const;

/** A store returns a document with both of these keys as a reference, and its other fields are lost. */
const REFERENCE = ['$ref', '$id'] as const;

/**
 * An object with this key counts as a database type and cannot be stored, which would fail only after services have
 * run.
 */
const BSON_MARK = '_bsontype';

/** Copies data once: the original may have getters and is not read again. */
class Copier {
  private values = 0;
  private text = 0;

  private count(text: string): void {
    this.text += text.length;
    if (++this.values > DATA_LIMITS.values || this.text > DATA_LIMITS.text)
      throw new BadInput(
        'too-large',
        `Data may contain at most ${DATA_LIMITS.values} values and ${DATA_LIMITS.text} characters.`,
      );
  }

  copy(value: unknown, depth: number, path: string): unknown {
    if (depth > DATA_LIMITS.depth)
      throw new BadInput('bad-data', `Data may be at most ${DATA_LIMITS.depth} levels deep.`);
    this.count(typeof value === 'string' ? value : '');
    if (Array.isArray(value))
      return Array.from(value as unknown[], (entry, index) =>
        this.copy(entry, depth + 1, `${path}[${index}]`),
      );
    if (typeof value === 'object' && value !== null && !(value instanceof Date))
      return this.object(value, depth, path);
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
      throw new BadInput(
        'bad-data',
        `Data at ${path || 'the top'} is a ${typeof value}; expected what JSON can hold.`,
      );
    return value;
  }

  private object(value: object, depth: number, path: string): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    // Instances of classes, such as an ObjectId, define their own JSON form.
    if (!isPlainObject(value) && typeof toJSON === 'function')
      return this.copy((toJSON as () => unknown).call(value), depth + 1, path);
    const out: Data = {};
    for (const [key, entry] of Object.entries(value)) {
      this.count(key);
      // The host takes "vars.x" for the field x of the task's own variables.
      const parts = key.split('.');
      if (key.includes('\0') || parts.some((part) => FORBIDDEN_KEYS.has(part) || part === BSON_MARK))
        throw new BadInput('bad-data', `Data may not contain the key ${show(key)}.`);
      // At the top level, two calls could each add one of the two.
      if (depth === 0 && parts.some((part) => REFERENCE.some((name) => name === part)))
        throw new BadInput('bad-data', `Data may not contain the key ${show(key)} at the top level.`);
      out[key] = this.copy(entry, depth + 1, path === '' ? key : `${path}.${key}`);
    }
    if (REFERENCE.every((name) => Object.hasOwn(out, name)))
      throw new BadInput('bad-data', `Data at ${path} may not contain both ${REFERENCE.join(' and ')}.`);
    return out;
  }
}

/**
 * The input data of a command, copied; missing or null means none.
 * @throws BadInput `bad-data` if it is not a plain object, is too deep, or contains keys that escape from it or
 * that a store interprets; `too-large`
 */
export function checkData(value: unknown): Data {
  if (value === undefined || value === null) return {};
  if (!isPlainObject(value)) throw new BadInput('bad-data', 'Data must be a plain object.');
  return new Copier().copy(value, 0, '') as Data;
}
