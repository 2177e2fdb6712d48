import { DEMO_USERS } from './demo.js';

const MARKER = 'demo-users-seeded';

/** Adds the demo users that are missing, once: a user that was removed or changed later stays so. */
export async function seedUsers({ store }, users) {
  const settings = store.values('settings');
  if (await settings.get(MARKER)) return;
  for (const { password, ...user } of DEMO_USERS) await users.add(user, password);
  await settings.set(MARKER, true);
}

/**
 * Data of a demonstration that became the real thing.
 * @throws Error when a demo user can sign in with the password that everybody knows
 */
export async function refuseDemoUsers(users) {
  for (const { userName, password } of DEMO_USERS) {
    if ((await users.find(userName)) === undefined || (await users.verify(userName, password)) === undefined)
      continue;
    throw new Error(
      `The demo user ${userName} still has the password that everybody knows; disable it, or change its password (bpmn-guard user disable|password), or let only this machine reach the application, without NODE_ENV=production.`,
    );
  }
}
