/** A part of a model that is not supported, or that may not mean what its author thinks. */
export interface ModelWarning {
  /** Id of the element, or the line if the content was lost while parsing. */
  readonly element: string;
  /** The part as written, cut to 120 characters. */
  readonly found: string;
  /** The consequence. */
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
