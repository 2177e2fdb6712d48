import { BadInput } from './errors.js';

/** In characters, after blanks were put in order. */
const LONGEST = 200;
/** Blanks of every width, that of HTML included, which shows several as one. */
const BLANKS = /[\p{Zs}\t]+/gu;
/**
 * What nobody sees, or what changes how the rest is shown: control and format characters (direction marks, joiners,
 * characters without width), line separators, fillers, characters for private use, and halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const SEPARATORS = /[/\\]/;

/**
 * The name of a model as it is stored and compared: Unicode NFC, without blanks at its ends, with one blank where there
 * were several. Undefined when it cannot be one: not a text, empty, longer than 200 characters, `.` or `..`, with a
 * slash, or with characters that cannot be seen, so that two names that look alike are one.
 */
export function asModelName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.normalize('NFC').replace(BLANKS, ' ').trim();
  if (name === '' || name.length > LONGEST || name === '.' || name === '..') return undefined;
  return UNSEEN.test(name) || SEPARATORS.test(name) ? undefined : name;
}

/**
 * The name of a model as it is stored; see {@link asModelName}.
 * @throws BadInput `bad-model` when it cannot name a model
 */
export function checkModelName(value: unknown): string {
  const name = asModelName(value);
  if (name !== undefined) return name;
  throw new BadInput(
    'bad-model',
    `A model name is a text of 1 to ${LONGEST} characters without slashes, control, direction or invisible characters.`,
  );
}

/** A name that can be one, made of a name that cannot: for models that were stored before names were checked. */
export function mendModelName(stored: string): string {
  const mended = stored
    .replace(new RegExp(UNSEEN, 'gu'), '')
    .replace(/[/\\]/g, '-')
    .slice(0, LONGEST - 10);
  return asModelName(mended) ?? 'model';
}
