import { readFile } from 'node:fs/promises';

/** Configures the rules of the processes that come with the application: an administrator that cannot sign in. */
const SEEDER = Object.freeze({ userName: 'policy-seeder', userGroups: Object.freeze(['ADMIN']) });
const STORIES = new URL('../policies/stories.txt', import.meta.url);

/** Imports the access rules of the stories into a store in which nothing was ever configured. */
export async function seedPolicies(guard) {
  const { policies } = guard.as(guard.identity.vouch(SEEDER));
  if ((await policies.version()) > 0) return;
  const text = await readFile(STORIES, 'utf8');
  await policies.grid.import('text', text, {
    reason: 'the stories of the sample application',
    expectedVersion: 0,
  });
}
