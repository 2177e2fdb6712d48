import type { CollectionNames } from '../mongo/collections.js';

/**
 * Whether the documents of each collection go with a store that is moved or restored, in the order in which they are
 * copied. Locks stay: they belong to processes that use the other store.
 */
const IS_COPIED = {
  policyParts: true,
  policySnapshots: true,
  policies: true,
  models: true,
  users: true,
  values: true,
  instances: true,
  archive: true,
  audit: true,
  locks: false,
} as const satisfies Readonly<Record<keyof CollectionNames, boolean>>;

type Treatment = typeof IS_COPIED;

/** A kind of document that goes with a store. */
export type Part = {
  [name in keyof Treatment]: Treatment[name] extends true ? name : never;
}[keyof Treatment];

/** All parts of a store, in the order in which they are copied. */
export const PARTS: readonly Part[] = Object.freeze(
  (Object.keys(IS_COPIED) as (keyof Treatment)[]).filter((name): name is Part => IS_COPIED[name]),
);
