import { BadInput } from './errors.js';

/** In characters, after blanks are normalised. */
const LONGEST = 200;
/** Blanks of every width; HTML shows several as one. */
const BLANKS = /[\p{Zs}\t]+/gu;
/**
 * Invisible characters, and those that change how others are displayed: control and format characters (direction
 * marks, joiners, zero-width characters), line separators, fillers, private-use characters, and unpaired
 * surrogates.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** True for a text with invisible characters, or characters that change how others are shown. */
export const hasUnseen = (text: string): boolean => UNSEEN.test(text);
const SEPARATORS = /[/\\]/;

/**
 * The name of a model as it is stored and compared: Unicode NFC, trimmed, with single blanks. Undefined if it is
 * not acceptable: not a text, empty, longer than 200 characters, `.` or `..`, with a slash, or with invisible
 * characters, so that names which look alike are the same.
 */
export function asModelName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.normalize('NFC').replace(BLANKS, ' ').trim();
  if (name === '' || name.length > LONGEST || name === '.' || name === '..') return undefined;
  return hasUnseen(name) || SEPARATORS.test(name) ? undefined : name;
}

/**
 * The name of a model as stored; see {@link asModelName}.
 * @throws BadInput `bad-model` if it cannot name a model
 */
export function checkModelName(value: unknown): string {
  const name = asModelName(value);
  if (name !== undefined) return name;
  throw new BadInput(
    'bad-model',
    `A model name must be a text of 1 to ${LONGEST} characters without slashes, control,` +
      ' direction or invisible characters.',
  );
}

/** Turns an unacceptable name into an acceptable one, for models stored before names were checked. */
export function mendModelName(stored: string): string {
  const mended = stored
    .replace(new RegExp(UNSEEN, 'gu'), '')
    .replace(/[/\\]/g, '-')
    .slice(0, LONGEST - 10);
  return asModelName(mended) ?? 'model';
}
