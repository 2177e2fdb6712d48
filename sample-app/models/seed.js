import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Saves the models that come with the application: an administrator that is not a user and cannot sign in. */
const SEEDER = Object.freeze({ userName: 'model-seeder', userGroups: Object.freeze(['ADMIN']) });

const MODELS = Object.freeze({
  'Request Vacation': 'request-vacation.bpmn',
  'Expense Claim': 'expense-claim.bpmn',
  'Order Pizza': 'order-pizza.bpmn',
  'Edit Article': 'edit-article.bpmn',
});

const source = (file) => readFile(new URL(`../processes/${file}`, import.meta.url), 'utf8');
const digest = (text) => createHash('sha256').update(text).digest('base64url');

/**
 * Saves the models of this application that are missing or whose file has changed since the last save; changes by a
 * designer are kept.
 */
export async function seedModels(guard) {
  const { model } = guard.as(guard.identity.vouch(SEEDER));
  const seeded = guard.store.values('seeded-models');
  const present = new Set((await model.list()).map(({ name }) => name));
  for (const [name, file] of Object.entries(MODELS)) {
    const wanted = await source(file);
    if (present.has(name) && (await seeded.get(name)) === digest(wanted)) continue;
    await model.save(name, wanted);
    await seeded.set(name, digest(wanted));
  }
}
