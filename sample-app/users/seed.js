import { DEMO_USERS } from './demo.js';

const MARKER = 'demo-users-seeded';

/** Adds the missing demo users, once: later removals and changes are kept. */
export async function seedUsers({ store }, users) {
  const settings = store.values('settings');
  if (await settings.get(MARKER)) return;
  for (const { password, ...user } of DEMO_USERS) await users.add(user, password);
  await settings.set(MARKER, true);
}

/**
 * Protects demonstration data that has become production data.
 * @throws Error if a demo user can sign in with the publicly known password
 */
export async function refuseDemoUsers(users) {
  for (const { userName, password } of DEMO_USERS) {
    if ((await users.find(userName)) === undefined || (await users.verify(userName, password)) === undefined)
      continue;
    throw new Error(
      `The demo user ${userName} still has the password that everybody knows; disable it, or` +
        ' change its password (bpmn-guard user disable|password), or let only this machine reach' +
        ' the application, without NODE_ENV=production.',
    );
  }
}
