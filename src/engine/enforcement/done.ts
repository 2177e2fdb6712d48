import type { Call } from './call.js';

/** What a command has done, with the call made under its lock: the caller's view of it is built by that call. */
export interface Done<T> {
  readonly call: Call;
  readonly result: T;
}
