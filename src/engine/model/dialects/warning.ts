/** What a model says that is not done, or not as its author may think. */
export interface ModelWarning {
  /** Id of the element; where the content was lost while reading, its line. */
  readonly element: string;
  /** What stands there, as it is written, cut to 120 characters. */
  readonly found: string;
  /** What follows from it. */
  readonly means: string;
}

const LONGEST = 120;

export function warning(
  element: { readonly id?: string } | string,
  found: string,
  means: string,
): ModelWarning {
  const id = typeof element === 'string' ? element : (element.id ?? 'an element without an id');
  const shown = found.replace(/\s+/g, ' ').trim();
  return { element: id, found: shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown, means };
}
