import { unknownName } from '../../core/options.js';
import { rolesNamedBy } from '../../core/policies/case-roles/case-kinds.js';
import { BadEntry } from '../../core/policies/entries.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { show } from '../../core/value.js';
import type { ModelNames } from './known-names.js';

/**
 * Refuses changes of entries about cases that name roles which no stored model declares.
 * @throws BadInput `bad-policy`, naming the nearest
 */
export async function assertRolesKnown(
  names: Pick<ModelNames, 'caseRoles'>,
  changes: readonly PolicyChange[],
): Promise<void> {
  const mine = changes.filter((change) => rolesNamedBy(change).length > 0);
  if (mine.length === 0) return;
  const known = await names.caseRoles();
  for (const change of mine) {
    const { kind, id } = change;
    const role = rolesNamedBy(change).find((name) => !known.includes(name));
    if (role === undefined) continue;
    const hint = unknownName(role, known);
    throw new BadEntry(kind, id, `${id}: no model declares the role ${show(role)}. ${hint}`);
  }
}
