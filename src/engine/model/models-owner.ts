import type { StoredInstance } from '../../store/port.js';

/**
 * The owner of the models that an instance and its called processes run. Decisions about its model use this owner, too.
 * It does not depend on the principal. An instance that was stored before the guard runs by the models of its tenant.
 */
export const modelsOwnerOf = ({
  guard,
  tenantId,
}: Pick<StoredInstance, 'guard' | 'tenantId'>): string | null =>
  (guard?.modelsOwner as string | undefined) ?? tenantId ?? null;
