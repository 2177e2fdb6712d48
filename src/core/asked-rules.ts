import { EVERYTHING, type Condition } from './condition.js';
import type { PrincipalPredicate } from './evaluate.js';
import type { Operation } from './operation.js';
import { readAnswer } from './policy-answer.js';
import type { Facts, Policy, Rule } from './policy.js';
import type { Predicates } from './predicates.js';
import { ADMIN, SYSTEM, type SecureUser } from './principal.js';

/** A rule that a policy gave, and the closure that answers it. */
export interface AskedRule {
  readonly policy: string;
  readonly effect: 'permits' | 'restricts';
  readonly rule: Rule;
  readonly holds: PrincipalPredicate;
}

/** What all policies had to say to a principal and an operation, in their order; or which one failed, which denies. */
export type AskedRules = { readonly rules: readonly AskedRule[] } | { readonly failed: string };

/** Administrators pass what policies restrict, except the wall between tenants (spec 00). */
const NEVER_WAIVED: ReadonlySet<string> = new Set(['tenants']);

/** The policies that have a say: none for SYSTEM across tenants, so that none can lock it out. */
function heard(policies: readonly Policy[], principal: SecureUser): readonly Policy[] {
  if (!principal.isAdmin()) return policies;
  if (principal.isSystem() && principal.tenantId === undefined) return [];
  return policies.filter((policy) => NEVER_WAIVED.has(policy.name));
}

function administrators(principal: SecureUser): AskedRule {
  const group = principal.isSystem() ? SYSTEM : ADMIN;
  return {
    policy: 'administrators',
    effect: 'permits',
    rule: { id: group.toLowerCase(), says: `${group} may do everything in its tenant`, when: EVERYTHING },
    holds: () => true,
  };
}

/** Asks every policy that has a say. A policy that throws, or answers with what is no answer, denies all. */
export function ask(
  policies: readonly Policy[],
  predicates: Predicates,
  principal: SecureUser,
  operation: Operation,
  facts: Facts,
): AskedRules {
  const admin = principal.isAdmin();
  const rules: AskedRule[] = admin ? [administrators(principal)] : [];
  for (const policy of heard(policies, principal)) {
    const add = (effect: AskedRule['effect'], list: readonly Rule[]): void => {
      for (const rule of list)
        rules.push({ policy: policy.name, effect, rule, holds: predicates.of(rule.when) });
    };
    try {
      const { permissive, restrictive } = readAnswer(policy.answer(principal, operation, facts));
      if (!admin) add('permits', permissive);
      add('restricts', restrictive);
    } catch {
      return { failed: policy.name };
    }
  }
  return { rules };
}

/** The conditions of one kind of rules, not bound yet. */
export const whensOf = (rules: readonly AskedRule[], effect: AskedRule['effect']): Condition[] =>
  rules.filter((r) => r.effect === effect).map((r) => r.rule.when);
