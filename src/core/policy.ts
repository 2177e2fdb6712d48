import type { Condition } from './condition.js';
import type { Mark } from './mark.js';
import type { Operation } from './operation.js';
import type { SecureUser } from './principal.js';

/** One statement of a policy: whom it speaks for is in its condition. */
export interface Rule {
  /** Stable within its policy; shown in decisions and the audit trail. */
  readonly id: string;
  /** What it says, for people. */
  readonly says: string;
  readonly when: Condition;
  /**
   * Marks, one of which every instance has for which `when` holds, or for an item of which it holds; lists look only
   * there, and ask `when` as well. Missing: those that follow from `when` by itself, as from a comparison of the
   * assignee, the candidates, the starter, the model, or an element of a model. Where none follow, lists look
   * through all instances of the tenant.
   */
  readonly search?: readonly Mark[] | undefined;
}

/** What a policy answers for a principal and an operation: either list may be missing. */
export interface PolicyAnswer {
  /** Any of these allows. */
  readonly permissive?: readonly Rule[];
  /** Each of these must hold. */
  readonly restrictive?: readonly Rule[];
}

/** Facts that a policy needs beside the resource, looked up before it is asked. */
export interface Facts {
  /**
   * True for `instance:message` and `instance:signal` where the event would start an instance: the resource is a model
   * and its start event. A rule that speaks of an instance does not hold there.
   */
  readonly starts?: boolean;
  /** Names of the models of which the principal may read an instance. */
  readonly readableModels?: readonly string[];
}

/**
 * A policy: it answers at once, from its arguments only. As with row-level security, permissive rules of all policies
 * are OR-ed, restrictive ones AND-ed, and nothing is allowed that no permissive rule allows. One that throws makes
 * the answer "could not tell".
 * @example
 * const ofStore = parseCondition({ 'data.store': '$user.store' });
 * const ownStore: Policy = {
 *   name: 'own-store',
 *   answer: (principal, operation) =>
 *     operation.startsWith('task:')
 *       ? { restrictive: [{ id: 'store', says: 'of your store', when: ofStore }] }
 *       : {},
 * };
 */
export interface Policy {
  readonly name: string;
  /** False: it restricts ADMIN too, as the wall between tenants does. Default true; nothing restricts SYSTEM. */
  readonly waivable?: boolean;
  answer(principal: SecureUser, operation: Operation, facts: Facts): PolicyAnswer;
}
