import { BadInput } from '../../core/errors.js';
import { FORBIDDEN_KEYS } from '../../core/path.js';
import { isPlainObject } from '../../core/plain-object.js';
import type { Data } from '../contract/types.js';

/** Limits of the data that one call brings: levels, values, characters of all texts together. */
export const DATA_LIMITS = { depth: 40, values: 100_000, text: 4_000_000 } as const;

/**
 * A document with both of these is read back from a store as a reference: what else it holds is no field of
 * it any more.
 */
const REFERENCE = ['$ref', '$id'] as const;

/**
 * By this key an object passes for a value of a database's types. It cannot be stored, which is too late to
 * find out when services have run.
 */
const BSON_MARK = '_bsontype';

const show = (key: string): string => JSON.stringify(key.slice(0, 60));

/** Copies data once: what it was made of may have getters, and is looked at no more. */
class Copier {
  private values = 0;
  private text = 0;

  private count(text: string): void {
    this.text += text.length;
    if (++this.values > DATA_LIMITS.values || this.text > DATA_LIMITS.text)
      throw new BadInput(
        'too-large',
        `Data may hold ${DATA_LIMITS.values} values and ${DATA_LIMITS.text} characters.`,
      );
  }

  copy(value: unknown, depth: number, path: string): unknown {
    if (depth > DATA_LIMITS.depth)
      throw new BadInput('bad-data', `Data may be ${DATA_LIMITS.depth} levels deep.`);
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
    // Instances of classes, such as an ObjectId, say themselves what they are in JSON.
    if (!isPlainObject(value) && typeof toJSON === 'function')
      return this.copy((toJSON as () => unknown).call(value), depth + 1, path);
    const out: Data = {};
    for (const [key, entry] of Object.entries(value)) {
      this.count(key);
      // The host takes "vars.x" for the field x of the task's own variables.
      const parts = key.split('.');
      if (key.includes('\0') || parts.some((part) => FORBIDDEN_KEYS.has(part) || part === BSON_MARK))
        throw new BadInput('bad-data', `Data may not hold the key ${show(key)}.`);
      // At the top one call may bring the one, the next call the other.
      if (depth === 0 && parts.some((part) => REFERENCE.some((name) => name === part)))
        throw new BadInput('bad-data', `Data may not hold the key ${show(key)} at the top.`);
      out[key] = this.copy(entry, depth + 1, path === '' ? key : `${path}.${key}`);
    }
    if (REFERENCE.every((name) => Object.hasOwn(out, name)))
      throw new BadInput('bad-data', `Data at ${path} may not hold both ${REFERENCE.join(' and ')}.`);
    return out;
  }
}

/**
 * Input data of a command, copied; missing or null means none.
 * @throws BadInput `bad-data` when it is no plain object, too deep, or holds keys that lead out of it or that a store
 *   takes for its own; `too-large`
 */
export function checkData(value: unknown): Data {
  if (value === undefined || value === null) return {};
  if (!isPlainObject(value)) throw new BadInput('bad-data', 'Data must be a plain object.');
  return new Copier().copy(value, 0, '') as Data;
}
