import type { Call } from './call.js';

/** Refuses a caller who may not do it any more. */
export type StillMay = (now: Call) => Promise<unknown>;

/** Keeps the places and permissions of models true to the models: made, renamed and deleted with them. */
export interface ModelPlacing {
  /**
   * The section in which a new model is made: the one that a policy file names for it, else the given one, else ROOT.
   * Part of the resource that is decided about.
   * @throws BadInput `bad-policy` for an invalid name
   */
  target(call: Call, name: string, section: unknown): { readonly section: string };
  /**
   * Puts a model that is about to be made into its section; nothing that was said of an earlier one of its name applies
   * to it.
   * @param stillMay asked again if this has to wait for changes of the policies
   * @returns takes that back, for a model that someone else has made meanwhile; it does not reject
   * @throws Conflict `conflict` if there is one by now
   */
  made(call: Call, name: string, section: string, stillMay: StillMay): Promise<() => Promise<void>>;
  /**
   * Once the model is stored: whoever was about to make one of that name as well has not taken it elsewhere. Does not
   * reject: what an outage prevents is done later.
   */
  kept(call: Call, name: string, section: string): Promise<void>;
  /**
   * Does the work while the policies do not change in this process, with the call made again.
   * @throws GuardError `too-many` if too many wait; Conflict `busy` if it waited for too long
   */
  alone<T>(call: Call, work: (now: Call) => Promise<T>): Promise<T>;
  /**
   * Gives the new name what is said of the old one. To be called before the model is renamed.
   * @param stillMay asked again before the policies change
   */
  copied(call: Call, from: string, to: string, stillMay: StillMay): Promise<void>;
  /** From now on, what is said of the model applies to its instances only. Does not reject, as `kept`. */
  removed(call: Call, name: string): Promise<void>;
}
