import { unknownName } from '../../core/options.js';
import {
  CASE_FIELD,
  CASE_OPERATION,
  type CaseOperationEntry,
} from '../../core/policies/case-roles/case-kinds.js';
import { BUILT_IN_ROLES } from '../../core/policies/case-roles/operations.js';
import { BadEntry } from '../../core/policies/entries.js';
import type { PolicyChange } from '../../core/policy-set.js';
import { show } from '../../core/value.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import type { Call } from '../enforcement/call.js';
import type { Calls } from '../enforcement/calls.js';

/** The roles that models of the caller's owner declare, and those that defaults name. */
export async function declaredRoles(
  { store }: Pick<Calls, 'store'>,
  { principal }: Call,
): Promise<readonly string[]> {
  const models = await store.models.find(
    { owner: principal.owner ?? null },
    { without: [...DOCUMENT_FIELDS, 'events'] },
  );
  const declared = models.flatMap(({ guard }) => (guard?.caseRoles ?? []) as { name: string }[]);
  return [...new Set([...BUILT_IN_ROLES, ...declared.map(({ name }) => name)])].sort();
}

/**
 * Refuses changes of entries about cases that name roles which no stored model declares.
 * @throws BadInput `bad-policy`, naming the nearest
 */
export async function assertRolesKnown(
  calls: Pick<Calls, 'store'>,
  call: Call,
  changes: readonly PolicyChange[],
): Promise<void> {
  const mine = changes.filter(
    ({ kind, value }) => value !== null && (kind === CASE_OPERATION || kind === CASE_FIELD),
  );
  if (mine.length === 0) return;
  const known = await declaredRoles(calls, call);
  for (const { kind, id, value } of mine) {
    const role = (value as CaseOperationEntry).roles.find((name) => !known.includes(name));
    if (role === undefined) continue;
    const hint = unknownName(role, known);
    throw new BadEntry(kind, id, `${id}: no model declares the role ${show(role)}. ${hint}`);
  }
}
