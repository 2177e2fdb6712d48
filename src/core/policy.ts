import type { Condition } from './condition.js';
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
   * Holds for every resource for which `when` holds, and is quick to search by. Lists look only where it holds;
   * decisions leave it out.
   */
  readonly narrow?: Condition | undefined;
}

/** What a policy answers for a principal and an operation: either list may be missing. */
export interface PolicyAnswer {
  /** Any of these allows. */
  readonly permissive?: readonly Rule[];
  /** Each of these must hold. */
  readonly restrictive?: readonly Rule[];
}

/** Facts that a policy needs beside the resource, looked up before it is asked (spec 08, 11). */
export interface Facts {
  /** Names of the models of which the principal may read an instance. */
  readonly readableModels?: readonly string[];
}

/**
 * A policy: pure, answers from its arguments only. As with row-level security, permissive rules of all policies are
 * OR-ed, restrictive ones AND-ed, and nothing is allowed that no permissive rule allows (spec 00).
 */
export interface Policy {
  readonly name: string;
  answer(principal: SecureUser, operation: Operation, facts: Facts): PolicyAnswer;
}
