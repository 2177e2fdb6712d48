/** An item of an instance, as stored. */
export type ItemRecord = Readonly<Record<string, unknown>>;
/** An instance, as stored. */
export type InstanceRecord = Readonly<Record<string, unknown>>;
/** A model, as stored. */
export type ModelRecord = Readonly<Record<string, unknown>>;

/**
 * The target of an operation. A task is its item together with its instance. For `instance:start`, the model comes
 * with the start event as `start`. A system operation has no target.
 */
export interface Resource {
  readonly item?: ItemRecord;
  readonly instance?: InstanceRecord;
  readonly model?: ModelRecord;
  readonly start?: Readonly<Record<string, unknown>>;
}
