/** A part of a model that is not supported, or that may not mean what its author thinks. */
export interface ModelWarning {
  /** Id of the element, or the line if the content was lost while parsing. */
  readonly element: string;
  /** The part as written, cut to 120 characters. */
  readonly found: string;
  /** The consequence. */
  readonly means: string;
}
