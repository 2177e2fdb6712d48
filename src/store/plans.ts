/** Queries for stored documents, as the adapters of a store receive them. */

/** A MongoDB query expression over a stored document, made by this package. */
export type Filter = Readonly<Record<string, unknown>>;

/** Fields to order by, most significant first. */
export type Sort = readonly (readonly [field: string, direction: 1 | -1])[];

/** Rows with one of these marks in a list of marks of the instance; each list has an index of its own. */
export interface MarkFilter {
  readonly field: 'guard.open' | 'guard.read';
  readonly anyOf: readonly string[];
}

/** The place after which a page begins, in the default order (newest instance first, then `seq`). */
export interface Cursor {
  /** `_id` of the last instance of the page before, as 24 hexadecimal digits. */
  readonly id: string;
  /** `seq` of its last item; items only. With neither `seq` nor `item` the page begins at the next instance. */
  readonly seq?: number;
  /** `id` of that item: tells apart items of one instance that have the same `seq`, or none. */
  readonly item?: string;
}

/** Which part of a list, and in which order. */
export interface Paging {
  /** Missing: the default order. `after` needs the default order. */
  readonly sort?: Sort | undefined;
  readonly after?: Cursor | undefined;
  readonly skip?: number | undefined;
  /** Missing: all. */
  readonly limit?: number | undefined;
  /** The rows end before they are worth more than so many bytes as a caller gets them, and `isCut` says so. */
  readonly bytes?: number | undefined;
}

/** A query for instances. Default order: `_id` descending. */
export interface InstancePlan extends Paging {
  readonly filter: Filter;
  readonly marks?: MarkFilter | undefined;
  /** Top-level fields to leave out of what comes back; `source`, `svg`, `logs` and `savePoints` are the large ones. */
  readonly without?: readonly string[] | undefined;
}

/**
 * A query for items. `before` is asked of the instance; then the list `items` is unwound, and `each` is asked of a
 * document that has the one item as `items` and, where `needsAll` is set, the whole list as `all`.
 * Default order: `_id` descending, then `items.seq` ascending.
 */
export interface ItemPlan extends Paging {
  readonly before: Filter;
  readonly marks?: MarkFilter | undefined;
  readonly each: Filter;
  readonly needsAll: boolean;
}
