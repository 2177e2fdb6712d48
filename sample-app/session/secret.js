import { randomBytes } from 'node:crypto';

/** The configured secret for session cookies; otherwise a random one, generated at the first start and stored. */
export async function sessionSecret(configured, store) {
  if (configured !== undefined) return configured;
  const settings = store.values('settings');
  const kept = await settings.get('session-secret');
  if (typeof kept === 'string') return kept;
  const secret = randomBytes(32).toString('base64url');
  await settings.set('session-secret', secret);
  return secret;
}
