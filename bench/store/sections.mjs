import { createGuard, openStore, SecureUser } from 'bpmn-guard';
import { sections } from '../decision/configured.mjs';
import { compare, perOne } from '../timing.mjs';
import { fill, VIEWER } from './fill.mjs';

const PAGE = 50;
const PAGES = 20;
/** In the first twenty are the models of the instances, so that both show the same. */
const SIZES = { few: 20, many: 10_000 };
const QUICK = { few: 20, many: 40 };
/** Sections in one policy file: all together are longer than a file may be. */
const A_FILE = 1_000;
const MODELS = 2_000;
const MODEL = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
  <bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s" /></bpmn:process>
</bpmn:definitions>`;
const SILENT = { info: () => undefined, warn: () => undefined, error: console.error };
/** Belongs to a department, so that the permissions of sections are theirs too. */
const viewer = new SecureUser({ ...VIEWER, userGroups: [...VIEWER.userGroups, 'department-1'] });
const administrator = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });

/** A guard over the store's instances and models, with its own sections. */
async function withSections(store, count) {
  const { policies } = await openStore({ memory: true });
  const guard = await createGuard({
    store: { ...store, policies, close: async () => undefined },
    env: {},
    logger: SILENT,
  });
  const { policies: api } = guard.as(administrator);
  const all = Object.entries(sections(count));
  for (let at = 0; at < all.length; at += A_FILE) {
    const text = JSON.stringify({ sections: Object.fromEntries(all.slice(at, at + A_FILE)) });
    await api.import(text, { allowUnknownModels: true });
  }
  return guard;
}

async function open({ quick }) {
  const store = await openStore({ memory: true });
  await fill(store, quick ? 200 : 2_000);
  for (let at = 0; at < (quick ? 40 : MODELS); at++)
    await store.models.put({ name: at < 20 ? `Process ${at}` : `Model ${at}`, owner: null, source: MODEL });
  const sizes = quick ? QUICK : SIZES;
  const [few, many] = [await withSections(store, sizes.few), await withSections(store, sizes.many)];
  async function close() {
    await Promise.all([few.close(), many.close()]);
    await store.close();
  }
  return { few, many, quick, close };
}

const measure = (name, says, page) => ({
  name: `page/sections/${name}`,
  goal: 1.5,
  says: `${says} with ${SIZES.many} sections and ten permissions in each, against ${SIZES.few} such sections`,
  async run({ few, many, quick }) {
    const times = quick ? 1 : PAGES;
    const pages = (guard) => async () => {
      for (let i = 0; i < times; i++) await page(guard);
    };
    const [rows, others] = [await page(many), await page(few)];
    if (rows.length !== others.length || rows.length === 0)
      throw new Error(`The pages have ${rows.length} and ${others.length} rows`);
    const result = await compare({
      ours: pages(many),
      theirs: pages(few),
      rounds: quick ? 1 : 21,
      warmUp: 3,
    });
    return perOne(result, times);
  },
});

/** Lists under few and under many sections. */
export const sectionGroup = {
  open,
  measures: [
    measure('instances', `a page of ${PAGE} instances`, async (guard) => {
      const { data } = await guard.api.data.find({ filter: { status: 'running' }, limit: PAGE }, viewer);
      return data;
    }),
    measure('models', 'the names of twenty models that are asked for', (guard) =>
      guard.api.model.list({ name: { $in: Array.from({ length: 20 }, (_, at) => `Process ${at}`) } }, viewer),
    ),
  ],
};
