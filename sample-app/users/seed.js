import { DEMO_USERS } from './demo.js';
import { hashPassword } from './password.js';

const MARKER = 'demo-users-seeded';

/** Adds the demo users that are missing, once: a user that was removed or changed later stays so. */
export async function seedUsers({ store }) {
  const settings = store.values('settings');
  if (await settings.get(MARKER)) return;
  for (const { password, ...user } of DEMO_USERS) {
    if (await store.users.find(user.userName)) continue;
    await store.users.put({ ...user, userGroups: [...user.userGroups], passwordHash: await hashPassword(password) });
  }
  await settings.set(MARKER, true);
}
