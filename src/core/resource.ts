/** An item of an instance, in the shape in which it is stored. */
export type ItemRecord = Readonly<Record<string, unknown>>;
/** An instance, in the shape in which it is stored. */
export type InstanceRecord = Readonly<Record<string, unknown>>;
/** A model, in the shape in which it is stored. */
export type ModelRecord = Readonly<Record<string, unknown>>;

/**
 * What an operation acts on. A task is its item together with its instance; for `instance:start` the model comes with
 * the start event that is meant, as `start`. A system operation acts on nothing in particular.
 */
export interface Resource {
  readonly item?: ItemRecord;
  readonly instance?: InstanceRecord;
  readonly model?: ModelRecord;
  readonly start?: Readonly<Record<string, unknown>>;
}
