/** The names in a field with one, several or none. Upstream stores a single candidate as a text. */
export function namesIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((entry): entry is string => typeof entry === 'string' && entry !== '');
}
