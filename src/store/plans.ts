/** Queries for stored documents, as adapters receive them. */

/** A MongoDB query expression over a stored document, built by this package. */
export type Filter = Readonly<Record<string, unknown>>;

/** Sort fields, most significant first. */
export type Sort = readonly (readonly [field: string, direction: 1 | -1])[];

/** Rows with one of these marks in a list of marks of the instance; each list has its own index. */
export interface MarkFilter {
  readonly field: 'guard.open' | 'guard.read';
  readonly anyOf: readonly string[];
}

/** The position after which a page begins, in the default order (newest instance first, then `seq`). */
export interface Cursor {
  /** `_id` of the last instance of the previous page, as 24 hexadecimal digits. */
  readonly id: string;
  /** `seq` of its last item; items only. Without `seq` and `item` the page begins at the next instance. */
  readonly seq?: number;
  /** `id` of that item; distinguishes items of one instance with the same `seq`, or without one. */
  readonly item?: string;
  /** Where an unordered walk goes on, in the list that the store walks. */
  readonly place?: string;
}

/** Tells whether a row, as stored, belongs to the list. */
export type RowTest = (row: Readonly<Record<string, unknown>>) => boolean;

/**
 * Makes the test of the rows that the filters of a plan find, where the condition is too large for a query and the
 * filters admit too much. Everything else applies to the rows that pass it: paging, limits and counts.
 * @param spend counts the steps that the test takes
 */
export type Exact = (spend: (steps: number) => void) => RowTest;

/** Which part of a list to return, and in which order. */
export interface Paging {
  /** Missing: the default order, which `after` requires. */
  readonly sort?: Sort | undefined;
  readonly after?: Cursor | undefined;
  /**
   * Any order will do, such as that of the index that is used: for work that looks at all rows, page by page (`walk`).
   * Not together with `sort` and `skip`.
   */
  readonly unordered?: boolean | undefined;
  readonly skip?: number | undefined;
  /** Missing: all. */
  readonly limit?: number | undefined;
  /** Maximum size of the returned rows in bytes; `isCut` tells whether rows were left out, also because of it. */
  readonly bytes?: number | undefined;
}

/** A query for instances. Default order: `_id` descending. */
export interface InstancePlan extends Paging {
  readonly filter: Filter;
  readonly marks?: MarkFilter | undefined;
  /** Missing: the filter admits no other rows. */
  readonly exact?: Exact | undefined;
  /** Top-level fields to omit from the result; `source`, `svg`, `logs` and `savePoints` are the large ones. */
  readonly without?: readonly string[] | undefined;
}

/**
 * A query for items. `before` is applied to the instance; then `items` is unwound, and `each` is applied to a document
 * with the one item as `items` and, if `needsAll` is set, the whole list as `all`.
 * Default order: `_id` descending, then `items.seq` ascending.
 */
export interface ItemPlan extends Paging {
  readonly before: Filter;
  readonly marks?: MarkFilter | undefined;
  readonly each: Filter;
  /** Missing: the filters admit no other rows. It is applied to the same documents as `each`. */
  readonly exact?: Exact | undefined;
  readonly needsAll: boolean;
}

/** What a plan selects, whatever part of it is returned. */
export type Selected = Pick<InstancePlan, 'filter' | 'marks' | 'exact'>;
export type SelectedItems = Pick<ItemPlan, 'before' | 'marks' | 'each' | 'exact' | 'needsAll'>;

/** Which part of a list of models to return. */
export interface ModelOptions {
  /** Top-level fields to omit from the result. */
  readonly without?: readonly string[];
  readonly skip?: number;
  readonly limit?: number;
  /** Missing: the filter admits no other models. */
  readonly exact?: Exact | undefined;
}

/** A query for models. */
export interface ModelPlan extends Pick<ModelOptions, 'exact'> {
  readonly filter: Filter;
}
