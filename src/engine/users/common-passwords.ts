/** Shorter words occur in good passwords by chance. */
const SHORTEST_WORD = 4;
/** What is added to a common word protects it if it is as long as a password must be. */
const FEWEST_ADDED = 8;

const ADDED = /^\P{L}+|\P{L}+$/gu;

/** The beginning of a text that consists of its repetitions, the last of which may be cut; the text if it does not. */
function unitOf(text: string): string {
  for (let period = 1; period * 2 <= text.length; period++)
    if (text.slice(period) === text.slice(0, -period)) return text.slice(0, period);
  return text;
}

/** The word between the digits and marks at the ends of a text, if there are few of these. */
function wordIn(text: string): string | undefined {
  const word = text.replace(ADDED, '');
  const isWord = word.length >= SHORTEST_WORD && text.length - word.length < FEWEST_ADDED;
  return isWord ? word : undefined;
}

/**
 * Whether a password can be guessed by a list of the most common ones, ignoring case: it is one of them, one with fewer
 * than 8 digits and marks before and after it, or a repetition of these, or of up to 3 characters. The list is loaded
 * on first use: it takes a tenth of a second and several megabytes, which processes that set no passwords save.
 * @param folded the password in lower case
 */
export async function isCommon(folded: string): Promise<boolean> {
  const whole = [folded, wordIn(folded)].filter((text) => text !== undefined);
  const units = whole.map(unitOf);
  if (units.some((unit, at) => unit !== whole[at] && unit.length < SHORTEST_WORD)) return true;
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const listed = (text: string | undefined): boolean =>
    text !== undefined && dictionary['passwords-common'].includes(text);
  return [...whole, ...units, ...units.map(wordIn)].some(listed);
}
