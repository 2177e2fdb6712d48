import { addTo } from '../../core/add-to.js';
import type { LintModel, LintPerson, TaskPeople } from '../../core/policies/lint/finding.js';
import { GRID_RULE, type GridRule } from '../../core/policies/grid/grid.js';
import { USER_TASK } from '../../core/condition/element-types.js';
import { namesIn as namedIn } from '../../core/policy-set/kinds.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';
import type { Principals } from '../enforcement/principals.js';
import { readTask } from '../model/dialects/task-people.js';
import type { HostDefinition, HostNode } from '../model/host.js';
import { roleOf } from '../model/lanes.js';
import { cleanNames } from '../model/derive.js';
import type { ModelNames } from './known-names.js';

/** The most models and groups that one run reads. */
const MOST = { models: 500, groups: 500 };
/** As many people are assumed where a task is for everybody and the directory cannot list all. */
const OTHERS = 5;

type Flow = { readonly to?: HostNode };

/** The nodes that can come after a node, in its scope and in the sub-processes there. */
function after(definition: HostDefinition, from: HostNode): Set<string> {
  const found = new Set<string>();
  const next: HostNode[] = [from];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    const inner = [...definition.nodes.values()].filter(({ def }) => def.$parent === node?.def);
    const following = [
      ...((node.outbounds ?? []) as Flow[]).map(({ to }) => to),
      ...(node === from ? [] : inner),
      // Whatever follows a sub-process also follows the elements inside it.
      ...[...definition.nodes.values()].filter(({ def }) => def === node?.def.$parent),
    ];
    for (const to of following)
      if (to !== undefined && !found.has(to.id)) {
        found.add(to.id);
        next.push(to);
      }
  }
  return found;
}

function peopleOf(node: HostNode): Omit<TaskPeople, 'before'> {
  const { people, unclear } = readTask(node.def);
  const role = roleOf(node);
  const names = (wanted: (property: string) => boolean): string[] =>
    cleanNames(
      people
        .filter(({ property }) => wanted(property))
        .flatMap(({ expression }) =>
          expression.kind === 'names'
            ? expression.text.split(',')
            : expression.kind === 'name'
              ? [expression.name]
              : [],
        ),
    );
  const groups = names((property) => property === 'candidateGroups');
  return {
    open: people.length + unclear.length === 0 && role.kind === 'none',
    dynamic: people.some(({ expression }) => expression.kind !== 'names' && expression.kind !== 'name'),
    users: names((property) => property !== 'candidateGroups'),
    groups: role.kind === 'named' ? [...groups, role.name] : groups,
  };
}

/** What the linter needs to know of a model. */
function lintModel(name: string, definition: HostDefinition): LintModel {
  const nodes = [...definition.nodes.values()];
  const tasks = nodes.filter(({ type }) => type === USER_TASK);
  const reach = new Map(tasks.map((node) => [node.id, after(definition, node)] as const));
  // In a loop, each can come before the other.
  const before = (id: string): string[] =>
    [...(reach.get(id) ?? [])].filter((other) => other !== id && reach.get(other)?.has(id) === false);
  return {
    name,
    elements: new Map(nodes.map(({ id, type }) => [id, type])),
    tasks: new Map(tasks.map((node) => [node.id, { ...peopleOf(node), before: before(node.id) }])),
  };
}

/** The models that the entries of a set name. A model that cannot be read counts as one that does not exist. */
export async function modelsOf(set: PolicySet, names: ModelNames): Promise<Map<string, LintModel>> {
  const models = new Map<string, LintModel>();
  const wanted = new Set([...set.changes()].flatMap((entry) => namedIn(entry).map(({ model }) => model)));
  for (const name of [...wanted].slice(0, MOST.models)) {
    const definition = await names.definition(name);
    if (definition !== undefined) models.set(name, lintModel(name, definition));
  }
  return models;
}

/**
 * The members of all groups that models and rules name, and some other people for open tasks; undefined if the
 * directory cannot list members.
 */
export async function knownPeople(
  set: PolicySet,
  models: ReadonlyMap<string, LintModel>,
  principals: Principals,
  tenantId: string | null,
): Promise<LintPerson[] | undefined> {
  const tasks = [...models.values()].flatMap((model) => [...model.tasks.values()]);
  const users = [...(set.of(GRID_RULE) as ReadonlyMap<string, GridRule>).values()].map((rule) => rule.users);
  const groups = new Set([
    ...tasks.flatMap((task) => task.groups),
    ...users.flatMap((one) => (one !== 'all' && 'group' in one ? [one.group] : [])),
  ]);
  const named = new Set([
    ...tasks.flatMap((task) => task.users),
    ...users.flatMap((one) => (one !== 'all' && 'user' in one ? [one.user] : [])),
  ]);
  if (groups.size > MOST.groups || !principals.hasDirectory) return undefined;
  const memberships = new Map<string, string[]>();
  for (const group of groups) {
    const members = await principals.members(group, tenantId);
    if (members === undefined) return undefined;
    for (const name of members) addTo(memberships, name, group);
  }
  for (const name of named)
    if ((await principals.named(name, tenantId)) !== undefined && !memberships.has(name))
      memberships.set(name, []);
  const others = Array.from({ length: OTHERS }, (_, at) => ({
    userName: `any other user ${at + 1}`,
    userGroups: [],
  }));
  return [...[...memberships].map(([userName, userGroups]) => ({ userName, userGroups })), ...others];
}
