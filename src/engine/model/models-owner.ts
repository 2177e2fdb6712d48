import type { StoredInstance } from '../../store/port.js';

/**
 * The owner of the models by which an instance runs: it, its called processes, and what is decided about its model. It
 * does not depend on who acts. An instance that was stored before the guard runs by the models of its tenant.
 */
export const modelsOwnerOf = ({
  guard,
  tenantId,
}: Pick<StoredInstance, 'guard' | 'tenantId'>): string | null =>
  (guard?.modelsOwner as string | undefined) ?? tenantId ?? null;
