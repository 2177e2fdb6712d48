import { randomBytes } from 'node:crypto';

/** The configured secret for signing session cookies, else a random one that is made at first start and kept. */
export async function sessionSecret(configured, store) {
  if (configured !== undefined) return configured;
  const settings = store.values('settings');
  const kept = await settings.get('session-secret');
  if (typeof kept === 'string') return kept;
  const secret = randomBytes(32).toString('base64url');
  await settings.set('session-secret', secret);
  return secret;
}
