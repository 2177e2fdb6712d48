import { deepCopy } from '../../core/copy.js';
import { BadInput } from '../../core/errors.js';
import { FORBIDDEN_KEYS, own } from '../../core/path.js';
import { show } from '../../core/value.js';

/** The parts of a data path, split as the host does. */
function partsOf(path: unknown): string[] {
  if (typeof path !== 'string') return [];
  return path
    .split('.')
    .map((part) => part.replace('[]', ''))
    .filter((part) => part !== '');
}

/**
 * The value at a token's data path in the data of its instance, following own properties only; undefined if there
 * is none.
 */
export const dataAt = (data: unknown, path: unknown): unknown => partsOf(path).reduce<unknown>(own, data);

/**
 * Elements of a loop's collection, which may come from data, become part of a data path. The host follows inherited
 * properties too, and would write input to objects shared by the whole process.
 * @throws BadInput `bad-data` if the path leaves the data's own properties
 */
export function assertOwnPath(data: unknown, path: unknown): void {
  let at = data;
  for (const part of partsOf(path)) {
    const target: object = typeof at === 'object' && at !== null ? at : {};
    const isText = at !== undefined && at !== null && typeof at !== 'object';
    if (isText || FORBIDDEN_KEYS.has(part) || (part in target && !Object.hasOwn(target, part)))
      throw new BadInput('bad-data', `A loop collection may not contain ${show(part)}.`);
    at = own(target, part);
  }
}

/** Where the data visible to an item is: at its token's path in the instance's data. */
export function pathOfItem(instance: { tokens?: unknown }, tokenId: unknown): string {
  const tokens = (instance.tokens ?? []) as unknown[];
  const path = own(
    tokens.find((entry) => own(entry, 'id') === tokenId),
    'dataPath',
  );
  return typeof path === 'string' ? path : '';
}

/** The data visible to an item: its token's part of the instance's data. */
export const dataOfItem = (instance: { data?: unknown; tokens?: unknown }, tokenId: unknown): unknown =>
  dataAt(instance.data, pathOfItem(instance, tokenId));

/**
 * Input in the form in which the host's `assign` must receive it. The host writes it at the root of the instance's
 * data; this form makes it end up in the part of the item's token, as completing the item would. The parts of other
 * tokens are unchanged.
 */
export function inOwnPart(
  instance: { data?: unknown; tokens?: unknown[] },
  tokenId: unknown,
  input: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const token = (instance.tokens ?? []).find((entry) => own(entry, 'id') === tokenId);
  const path = own(token, 'dataPath');
  const [first, ...rest] = partsOf(path);
  if (first === undefined || Object.keys(input).length === 0) return { ...input };
  assertOwnPath(instance.data, path);
  const isVariable = ([key]: [string, unknown]): boolean => key.startsWith('vars.');
  const entries = Object.entries(input);
  const root: Record<string, unknown> = { [first]: deepCopy(own(instance.data, first)) };
  let at = root;
  for (const part of [first, ...rest]) {
    at[part] ??= {};
    at = at[part] as Record<string, unknown>;
  }
  const data = Object.fromEntries(entries.filter((entry) => !isVariable(entry)));
  if (Array.isArray(at)) at.push(data);
  else Object.assign(at, data);
  return { ...root, ...Object.fromEntries(entries.filter(isVariable)) };
}
