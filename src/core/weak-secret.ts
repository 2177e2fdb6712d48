import { assertArgument, type Kind } from './options.js';

const TEXT_OF_ANY_LENGTH: Kind = { takes: 'a text', holds: (value) => typeof value === 'string' };
/** In characters. */
const SHORTEST = 16;
const FEWEST_DIFFERENT = 8;
/** Minimum number of characters outside example words and sequences. */
const FEWEST_OWN = 10;
/** Longer than any secret needs to be; the rest is ignored. */
const LOOKED_AT = 1024;

/**
 * The words of placeholders and example applications; `omni` and `qwerty` occur in bpmn-server's. Of two with the
 * same beginning, the longer one comes first.
 */
const WORDS = new RegExp(
  [
    'admin api app auth bpmn cat change cookie default demo development dev enter example express guard',
    'here insecure insert jwt keyboard key me my omni password pass placeholder please private production',
    'put qwerty random replace sample secret secure server session set sign some string super test the',
    'this todo token value very web with word your you',
  ]
    .join(' ')
    .replaceAll(' ', '|'),
);

const LINES = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
];
const reversed = (text: string): string => [...text].reverse().join('');
const SEQUENCES = [...LINES, ...LINES.map(reversed)];

const isSequence = (three: string): boolean =>
  /^(.)\1\1$/.test(three) || SEQUENCES.some((line) => line.includes(three));

/** The number of characters without sequences of three or more. */
function withoutSequences(text: string): number {
  const found = new Set<number>();
  for (let at = 0; at + 3 <= text.length; at++)
    if (isSequence(text.slice(at, at + 3))) for (const next of [at, at + 1, at + 2]) found.add(next);
  return text.length - found.size;
}

const own = (text: string): number =>
  text.split(WORDS).reduce((sum, piece) => sum + withoutSequences(piece), 0);

/** Every second character, then the others: `1q2w3e` becomes `123qwe`. */
const unzipped = (text: string): string =>
  [0, 1].map((rest) => [...text].filter((_, at) => at % 2 === rest).join('')).join('');

/** The last repetition may lack the separator. */
function repeats(text: string): boolean {
  for (let period = 1; period * 2 <= text.length + 1; period++)
    if (text.slice(period) === text.slice(0, -period)) return true;
  return false;
}

/**
 * Why a secret that should be random, such as an API key or a cookie secret, can be guessed: it has fewer than 16
 * characters or 8 different ones, repeats itself, or consists of example words and sequences of the alphabet, the
 * digits or the keyboard. For secrets of programs, not for passwords that people remember.
 * @returns the weakness, without the secret; undefined if there is none
 * @example
 * const weakness = weaknessOf(process.env.SESSION_SECRET ?? '');
 * if (weakness !== undefined) throw new Error(`SESSION_SECRET ${weakness}`);
 */
export function weaknessOf(secret: string): string | undefined {
  assertArgument('weaknessOf', secret, TEXT_OF_ANY_LENGTH);
  const text = secret.slice(0, LOOKED_AT).toLowerCase();
  if (text.length < SHORTEST) return `it has fewer than ${SHORTEST} characters`;
  if (new Set(text).size < FEWEST_DIFFERENT)
    return `it has fewer than ${FEWEST_DIFFERENT} different characters`;
  if (repeats(text)) return 'it repeats itself';
  const plain = text.replace(/[^a-z0-9]/g, '');
  const others = new Set(text.replace(/[a-z0-9]/g, '')).size;
  if (Math.min(own(plain), own(unzipped(plain))) + others < FEWEST_OWN)
    return 'it consists of example words and sequences of the alphabet, the digits or the keyboard';
  return undefined;
}
