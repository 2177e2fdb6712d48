/** Options of a change of the policies. */
export interface PolicyChangeOptions {
  /** Refuse with 409 `conflict` unless this is the newest version; missing: change the newest, whichever it is. */
  readonly expectedVersion?: number;
  /** The reason, for the history; at most 1,000 characters. */
  readonly reason?: string;
  /** Allow SYSTEM to give internal rights, such as `Testing:All`. Default false. */
  readonly allowInternal?: boolean;
  /**
   * Accept names of models and tasks that do not exist yet; the linter warns of them. Default false: such a change is
   * refused.
   */
  readonly allowUnknownModels?: boolean;
  /**
   * Allow the removal of all sections, ROOT included: models lose the restrictions of sections. Default false, since
   * deleting must not open anything unasked.
   */
  readonly switchOffSections?: boolean;
}
