import type { UserInfo } from '../../core/principal.js';
import { rightsIn } from '../../core/rights.js';

/** The tenant whose administrators see what happens to a user. */
export const tenantOfUser = ({ tenantId }: UserInfo): { readonly tenantId?: string } =>
  typeof tenantId === 'string' ? { tenantId } : {};

type Facts = Readonly<Record<string, unknown>>;

/**
 * The audit facts of a changed user: everything that decides about access. Attributes other than rights are listed
 * by name only, since their values may be personal.
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
