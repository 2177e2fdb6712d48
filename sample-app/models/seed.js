import { readFile } from 'node:fs/promises';

const MODELS = Object.freeze({
  'Request Vacation': 'request-vacation.bpmn',
  'Expense Claim': 'expense-claim.bpmn',
  'Order Pizza': 'order-pizza.bpmn',
});

/** Who saves the models that come with the application. */
const SEEDER = Object.freeze({ userName: 'seeder', userGroups: ['ADMIN'] });

const source = (file) => readFile(new URL(`../processes/${file}`, import.meta.url), 'utf8');

/** Saves the models of this application that are missing or whose file has changed. */
export async function seedModels(guard) {
  const { model } = guard.as(SEEDER);
  const saved = new Set((await model.list()).map(({ name }) => name));
  for (const [name, file] of Object.entries(MODELS)) {
    const wanted = await source(file);
    if (saved.has(name) && (await model.getSource(name)) === wanted) continue;
    await model.save(name, wanted);
  }
}
