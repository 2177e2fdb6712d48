import { randomBytes } from 'node:crypto';

/** The configured secret for session cookies; otherwise a random one, generated at the first start and stored. */
export async function sessionSecret(configured, store) {
  if (configured !== undefined) return configured;
  const settings = store.values('settings');
  const kept = await settings.get('session-secret');
  if (typeof kept === 'string') return kept;
  // Processes that start at the same time must agree on one.
  await settings.add('session-secret', randomBytes(32).toString('base64url'));
  return settings.get('session-secret');
}
