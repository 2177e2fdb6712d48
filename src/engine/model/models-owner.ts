import type { SecureUser } from '../../core/principal.js';
import type { StoredInstance } from '../../store/port.js';

type Running = Pick<StoredInstance, 'guard' | 'tenantId'>;

const stated = ({ guard }: Running): string | undefined => guard?.modelsOwner as string | undefined;

/** The owner of the model that an instance runs. One that was stored before the guard ran a model of its tenant. */
export const modelsOwnerOf = (instance: Running): string | null =>
  stated(instance) ?? instance.tenantId ?? null;

/**
 * The owner of the model by which an instance runs for somebody who acts on it: one that was stored before the guard
 * runs by their models. SYSTEM, without a tenant, acts on the instances of all tenants.
 */
export const modelsOwnerFor = (instance: Running, { owner }: Pick<SecureUser, 'owner'>): string | null =>
  stated(instance) ?? owner ?? instance.tenantId ?? null;
