import type { Condition } from './condition/condition.js';
import type { FieldRule } from './fields/field-rule.js';
import type { StatedMark } from './marks/mark.js';
import type { Operation } from './operation.js';
import type { CaseOperation } from './policies/case-roles/operations.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';

/** What the rules of a list do: one of those that permit must hold, and all of those that restrict. */
export type Effect = 'permits' | 'restricts';

/** One statement of a policy. Its condition says for whom and for what it holds. */
export interface Rule {
  /** Stable within its policy; shown in decisions and the audit trail. */
  readonly id: string;
  /** The statement in words, for people. */
  readonly says: string;
  readonly when: Condition;
  /**
   * Marks to search by: every instance for which `when` holds, or that has an item for which it holds, must have
   * one of them. Lists search by them and evaluate `when` as well. Missing: the marks that follow from `when`, as
   * from a comparison of the assignee, the candidates, the starter, the model or an element. If none follow, lists
   * scan all instances of the tenant.
   */
  readonly search?: readonly StatedMark[] | undefined;
  /**
   * For a restrictive rule that puts many together: those of them that concern the resource. It holds if all of these
   * hold. Decisions name these as their reasons; lists and everything else know `when` alone. Missing: the rule is its
   * own reason.
   */
  readonly reasons?: ((resource: Resource) => readonly Rule[]) | undefined;
}

/** The answer of a policy for a principal and an operation. Either list may be missing. */
export interface PolicyAnswer {
  /** Any of these permits. */
  readonly permissive?: readonly Rule[];
  /** All of these must hold. */
  readonly restrictive?: readonly Rule[];
}

/** Facts that a policy needs in addition to the resource, looked up in advance. */
export interface Facts {
  /**
   * True for `instance:message` and `instance:signal` if the event would start an instance: the resource is a model
   * and its start event. A rule that refers to an instance does not hold there.
   */
  readonly starts?: boolean;
  /** True for `task:reject` if a refusal is taken back. */
  readonly undo?: boolean;
  /**
   * True for `instance:start` if the question is whether a case could be started with some data: the start event has
   * none. Rules about the data count as if it satisfied them.
   */
  readonly anyData?: boolean;
  /** Names of the models with an instance that the principal may read. */
  readonly readableModels?: readonly string[];
  /**
   * The requested case operation of the operation, such as `ADD_DATA` of `instance:data`. Missing: all of
   * them.
   */
  readonly caseOperation?: CaseOperation;
  /**
   * The purpose of `system:policy`, if not to read policies: to change them (`changes`), to read users (`persons`)
   * or to change users (`person-changes`).
   */
  readonly about?: 'changes' | 'persons' | 'person-changes';
}

/** A question without facts. */
export const NO_FACTS: Facts = Object.freeze({});

/**
 * A policy. It answers synchronously, from its arguments only. As in row-level security, the permissive rules of
 * all policies are OR-ed and the restrictive ones AND-ed; nothing is allowed without a permissive rule. If a policy
 * throws, the answer is "could not tell".
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
  /** False: it restricts ADMIN too, as tenant isolation does. Default true. Nothing restricts SYSTEM. */
  readonly waivable?: boolean;
  answer(principal: SecureUser, operation: Operation, facts: Facts): PolicyAnswer;
  /** The fields of instances' data that this policy hides. Missing: none. */
  fields?(principal: SecureUser): readonly FieldRule[];
}
