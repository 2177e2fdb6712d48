import type { DecisionPoint } from '../../src/core/decision/decision-point.js';
import type { Operation } from '../../src/core/operation.js';
import type { Facts } from '../../src/core/policy.js';
import { isPlainObject } from '../../src/core/value.js';
import type { SecureUser } from '../../src/core/principal.js';
import type { StoredInstance, StoredItem } from '../../src/store/port.js';
import { whole } from '../../src/store/query/stored.js';
import type { Row } from './corpus.js';

/** What can be listed: an instance, or an item of one. */
export interface Thing {
  readonly key: string;
  readonly instance: StoredInstance;
  readonly item?: StoredItem;
  readonly derived: boolean;
}

/** The items of an instance: documents of its list with a text as id. */
export function itemsOf(instance: StoredInstance): StoredItem[] {
  const list: unknown = instance.items;
  return Array.isArray(list)
    ? (list as unknown[]).filter(
        (entry): entry is StoredItem => isPlainObject(entry) && typeof entry.id === 'string',
      )
    : [];
}

export const instancesOf = (rows: readonly Row[]): Thing[] =>
  rows.map(({ document, derived }) => ({ key: document.id, instance: whole(document), derived }));
export const tasksOf = (rows: readonly Row[]): Thing[] =>
  rows.flatMap(({ document, derived }) =>
    itemsOf(document).map((item) => ({
      key: `${document.id}/${item.id}`,
      instance: whole(document),
      item,
      derived,
    })),
  );

/** Those on which the decision is yes. */
export function permitted(
  point: DecisionPoint,
  principal: SecureUser,
  operation: Operation,
  things: readonly Thing[],
  facts?: Facts,
): Thing[] {
  return things.filter(
    ({ instance, item }) =>
      point.decide(principal, operation, item === undefined ? { instance } : { instance, item }, facts)
        .allowed,
  );
}

export const keys = (things: readonly Thing[]): string[] => things.map(({ key }) => key).sort();

/**
 * What is wrong with a list: rows that may not be there, and rows that are missing; `derived` ones where
 * tokens narrow.
 */
export function difference(
  found: readonly string[],
  expected: readonly Thing[],
  narrowed: boolean,
): { extra: string[]; missing: string[] } {
  const left = [...found];
  const missing: string[] = [];
  for (const { key, derived } of expected) {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
    else if (!narrowed || derived) missing.push(key);
  }
  return { extra: left, missing };
}
