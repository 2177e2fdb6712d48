import type { GridLabel, GridRule } from '../../core/policies/grid/grid.js';
import type { UserInfo } from '../../core/principal.js';
import type { PolicyChangeOptions } from './policy-change-options.js';

export type {
  ConditionJson,
  GridLabel,
  GridObject,
  GridRule,
  GridUsers,
  Privilege,
} from '../../core/policies/grid/grid.js';

/** A rule of the access rules grid with its id, and the same as a sentence. */
export type GridRuleView = GridRule & { readonly id: string; readonly sentence: string };

/** A label of the grid with its name. */
export type GridLabelView = GridLabel & { readonly name: string };

/**
 * The forms in which a grid is written: `json`, an object of `rules` and `labels`; `text`, one sentence a line; `csv`,
 * a table.
 */
export type GridForm = 'json' | 'text' | 'csv';

/** Options of an import. */
export interface GridImportOptions extends PolicyChangeOptions {
  /** Remove the rules and labels that the text does not have. Default false: they stay. */
  readonly replace?: boolean;
}

/** The outcome of an import: how many rules and labels it changed. */
export interface GridImported {
  /** The newest version; no new one if nothing changed. */
  readonly version: number;
  readonly saved: number;
  readonly removed: number;
}

/**
 * The access rules grid: who may View, Perform, Assign, Re-Assign and Monitor what, and the labels that users win by
 * performing. All methods require `system:policy`; only ADMIN changes the grid, since a rule gives what its author
 * may not have.
 */
export interface GridApi {
  /** Ordered by id. */
  list(user?: UserInfo): Promise<GridRuleView[]>;
  /**
   * Creates or replaces a rule, given as an object or a sentence.
   * @throws BadInput `bad-policy`, naming what was expected, and the nearest known model, task, event or label
   */
  save(
    id: string,
    rule: GridRule | string,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** @throws AccessDenied `not-found` */
  remove(id: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
  /** Ordered by name. */
  labels(user?: UserInfo): Promise<GridLabelView[]>;
  /** Creates or replaces a label. Labels that are won already stay won. @throws BadInput `bad-policy` */
  saveLabel(
    name: string,
    label: GridLabel,
    options?: PolicyChangeOptions,
    user?: UserInfo,
  ): Promise<{ version: number }>;
  /** @throws AccessDenied `not-found`; BadInput `bad-policy` while a rule names it */
  removeLabel(name: string, options?: PolicyChangeOptions, user?: UserInfo): Promise<{ version: number }>;
  /** All rules and labels as one text; `import` reads it. */
  export(form: GridForm, user?: UserInfo): Promise<string>;
  /**
   * Saves all rules and labels of a text as one version.
   * @throws BadInput `bad-policy`, with the line and what was expected; nothing is changed
   */
  import(form: GridForm, text: string, options?: GridImportOptions, user?: UserInfo): Promise<GridImported>;
}
