import type { Call } from './call.js';

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
   * @returns takes that back, for a model that someone else has made meanwhile
   * @throws Conflict `conflict` if there is one by now
   */
  made(call: Call, name: string, section: string): Promise<() => Promise<void>>;
  /** Once the model is stored: whoever was about to make one of that name as well has not taken it elsewhere. */
  kept(call: Call, name: string, section: string): Promise<void>;
  /** Gives the new name what is said of the old one. To be called before the model is renamed. */
  copied(call: Call, from: string, to: string): Promise<void>;
  /** From now on, what is said of the model applies to its instances only. */
  removed(call: Call, name: string): Promise<void>;
}
