import type { UserInfo } from '../../core/principal.js';
import { rightsIn } from '../../core/rights.js';

type Facts = Readonly<Record<string, unknown>>;

/**
 * What the audit trail says of a user who was changed: all that decides about access. Of attributes other than rights
 * it has the names alone, since their values can be personal.
 */
export function accessFacts(user: UserInfo & { readonly disabled?: boolean | undefined }): Facts {
  const { userGroups = [], tenantId, modelsOwner, attributes = {}, disabled = false } = user;
  return {
    userGroups: [...userGroups],
    rights: [...rightsIn(attributes.rights)],
    tenantId: tenantId ?? null,
    modelsOwner: modelsOwner ?? null,
    attributes: Object.keys(attributes)
      .filter((name) => name !== 'rights')
      .sort(),
    disabled,
  };
}
