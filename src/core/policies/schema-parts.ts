import { FORBIDDEN_KEYS } from '../path.js';

/** What JSON schemas of policies share. The patterns say what the readers of entries check. */

/** At most 200 characters, not counting blanks around it; not `*`, which nobody can be called. */
const NAMED = '^\\s*(?!\\*\\s*$)\\S(?:[\\s\\S]{0,198}\\S)?\\s*$';
/** The same without blanks around it. */
const EXACT = '^(?!\\*$)\\S(?:[\\s\\S]{0,198}\\S)?$';
/** Names of entries are keys of objects. */
const NO_KEY = [...FORBIDDEN_KEYS];

export const NAME = Object.freeze({ type: 'string', pattern: NAMED });
export const EXACT_NAME = Object.freeze({ type: 'string', pattern: EXACT });
/** The keys of named entries. */
export const NAMES = Object.freeze({ ...NAME, not: { enum: NO_KEY } });
/** A label of the grid or a role of a case. */
export const LABEL_NAME = Object.freeze({
  type: 'string',
  pattern: '^\\s*[^\\s.$\\d"*][^.$"]{0,99}\\s*$',
  not: { enum: NO_KEY },
});

/** A description in words. */
export const says = (description: string): object => ({ type: 'string', maxLength: 1000, description });

type ObjectSchema = {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
};

/** An object with these fields alone. */
export const object = (
  required: readonly string[],
  properties: Readonly<Record<string, unknown>>,
): ObjectSchema => ({ type: 'object', additionalProperties: false, required, properties });
