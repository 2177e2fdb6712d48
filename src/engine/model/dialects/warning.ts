import type { ModelWarning } from '../../contract/model-warning.js';

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
