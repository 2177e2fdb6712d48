import { addTo } from '../../core/add-to.js';
import { bitsOf, ROOT } from '../../core/policies/sections/permissions.js';
import { modelId, type SectionModel } from '../../core/policies/sections/section-entries.js';
import { SECTION_MODEL } from '../../core/policies/sections/section-entries.js';
import type { PlaceNode } from '../../core/policies/sections/section-index.js';
import { ownerOf } from '../../core/policies/sections/section-rules.js';
import { compareText } from '../../core/value.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { MODEL_FIELDS } from '../../store/query/query-fields.js';
import { sortInTurns, type Turns } from '../../store/turns.js';
import { modelPlan } from '../../store/query/scoped-query.js';
import { MODEL_DETAILS } from '../../store/query/large-fields.js';
import type { PlacedModel, SectionTree, SectionView } from '../contract/section-types.js';
import type { Call } from '../enforcement/call.js';
import type { Calls } from '../enforcement/calls.js';
import { factsOfModels } from '../enforcement/model-access.js';
import type { InForce } from '../policy-book/policy-book.js';

const READ = bitsOf(['read']);

const idOf = ({ place }: PlaceNode): string => ('section' in place ? place.section : '');
const nameOf = (node: PlaceNode): string => node.section?.name ?? idOf(node);

/** The models that the caller may read, with their sections. */
async function readableModels(calls: Calls, call: Call, { set }: InForce): Promise<PlacedModel[]> {
  const facts = await factsOfModels(calls, call);
  const plan = modelPlan(call.scope('model:read', facts), parseQuery({}, MODEL_FIELDS));
  const found =
    plan === undefined
      ? []
      : await calls.store.models.find(plan.filter, { without: MODEL_DETAILS, exact: plan.exact });
  const places = set.of(SECTION_MODEL) as ReadonlyMap<string, SectionModel>;
  const owner = ownerOf(call.principal);
  const own = found.filter((model) => (model.owner ?? undefined) === call.principal.owner);
  return calls.turns.map(own, ({ name }) => {
    const section = places.get(modelId({ model: name, ...(owner !== undefined && { owner }) }))?.section;
    return { name, ...(section !== undefined && { section }) };
  });
}

/** The sections in the order in which they are shown. A loop: a tree may be deep. */
async function ordered(shown: ReadonlySet<PlaceNode>, turns: Turns): Promise<PlaceNode[]> {
  const below = new Map<PlaceNode | undefined, PlaceNode[]>();
  await turns.map([...shown], (node) => {
    const parent = node.parent !== undefined && shown.has(node.parent) ? node.parent : undefined;
    addTo(below, parent, node);
  });
  const last = (a: PlaceNode, b: PlaceNode): number =>
    compareText(nameOf(b), nameOf(a)) || compareText(idOf(b), idOf(a));
  const stack = await sortInTurns(below.get(undefined) ?? [], last, turns);
  const found: PlaceNode[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    const within = below.get(node);
    if (within === undefined) continue;
    for (const one of await sortInTurns(within, last, turns)) stack.push(one);
    await turns.giveWay();
  }
  return found;
}

/** What the caller may read of the sections, and the ancestors of that. */
export async function sectionTree(
  calls: Calls,
  call: Call,
  now: InForce,
  administrator: boolean,
): Promise<SectionTree> {
  const models = await readableModels(calls, call, now);
  const { turns } = calls;
  const { index } = now.sections;
  const readable = new Set<PlaceNode>();
  const found = administrator ? index.sections.values() : now.sections.reachOf(call.principal).nodes(READ);
  await turns.map([...found], (node) => {
    if (administrator || (node.section !== undefined && node !== index.root)) readable.add(node);
  });
  const counts = new Map<PlaceNode, { sections: number; models: number }>();
  const countIn = (node: PlaceNode | undefined, what: 'sections' | 'models'): void => {
    if (node === undefined || !readable.has(node)) return;
    const known = counts.get(node) ?? { sections: 0, models: 0 };
    known[what]++;
    counts.set(node, known);
  };
  const shown = new Set(readable);
  const show = (from: PlaceNode | undefined): void => {
    for (let at = from; at !== undefined && at !== index.root && !shown.has(at); at = at.parent)
      shown.add(at);
  };
  await turns.map([...readable], ({ parent }) => {
    countIn(parent, 'sections');
    show(parent);
  });
  await turns.map(models, ({ section }) => {
    const node = index.sections.get(section ?? ROOT);
    countIn(node, 'models');
    show(node);
  });
  const views = await turns.map(await ordered(shown, turns), (node): SectionView => {
    const isRead = readable.has(node);
    const { parent } = node;
    return {
      id: idOf(node),
      name: nameOf(node),
      ...(parent !== undefined && shown.has(parent) && { parent: idOf(parent) }),
      ...(isRead
        ? { inherit: node.inherits, counts: counts.get(node) ?? { sections: 0, models: 0 } }
        : { navigation: true }),
    };
  });
  return { sections: views, models };
}
