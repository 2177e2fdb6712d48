import { and } from '../../condition/condition.js';
import { USER_TASK } from '../../condition/element-types.js';
import { PolicySet } from '../../policy-set/policy-set.js';
import { SecureUser } from '../../principal.js';
import type { Resource } from '../../resource.js';
import { DUTY, tasksOf, type Duty } from '../duties/duty.js';
import { Duties } from '../duties/duties.js';
import { contradiction } from './contradiction.js';
import { whenOf } from './duty-findings.js';
import type { LintFinding, LintModel, LintPerson } from './finding.js';
import { mayPerform } from './performers.js';
import type { Work } from './work.js';

type Named = readonly [id: string, duty: Duty];

/** A task of duties, and the people who may do it unless a duty forbids it. */
interface Node {
  readonly model: string;
  readonly task: string;
  readonly people: readonly SecureUser[];
}

/** Who has done what, by the positions of the nodes. */
type History = readonly (SecureUser | undefined)[];

const NOBODY = new SecureUser({ userName: 'somebody else' });
const WHAT = 'which tasks duties leave to nobody';
const keyOf = (model: string, task: string): string => JSON.stringify([model, task]);

/** Duties that have a task in common, directly or over others. */
function groupsOf(duties: readonly Named[], models: ReadonlyMap<string, LintModel>): Named[][] {
  const groups: { keys: Set<string>; duties: Named[] }[] = [];
  for (const one of duties) {
    const keys = new Set(nodesOf(one[1], models).map(([model, task]) => keyOf(model, task)));
    const touched = groups.filter((group) => [...keys].some((key) => group.keys.has(key)));
    const joined = { keys, duties: [...touched.flatMap((group) => group.duties), one] };
    for (const group of touched) {
      for (const key of group.keys) keys.add(key);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  }
  return groups.map((group) => group.duties);
}

function nodesOf(duty: Duty, models: ReadonlyMap<string, LintModel>): [model: string, task: string][] {
  if (duty.duty !== 'not-initiator' || duty.tasks !== undefined)
    return tasksOf(duty).map(({ model, task }) => [model, task]);
  return [...(models.get(duty.model)?.tasks.keys() ?? [])].map((task) => [duty.model, task]);
}

/** One person of each kind and as many more as there are tasks: others would change nothing. */
function representatives(
  people: readonly SecureUser[],
  kindOf: (person: SecureUser) => string,
  most: number,
): SecureUser[] {
  const kinds = new Map<string, number>();
  return people.filter((person) => {
    const kind = kindOf(person);
    const seen = kinds.get(kind) ?? 0;
    kinds.set(kind, seen + 1);
    return seen < most;
  });
}

/** The task of a node as it waits in a case with this history. */
function waiting(nodes: readonly Node[], at: number, history: History, starter: SecureUser): Resource {
  const { model, task } = nodes[at] as Node;
  const done = nodes.flatMap((node, index) => {
    const by = history[index];
    return by === undefined ? [] : [{ ...node, by: by.userName }];
  });
  const item = { id: 'waiting', elementId: task, type: USER_TASK, status: 'wait' };
  const items = done
    .filter((one) => one.model === model)
    .map((one, index) => ({
      id: `done ${index}`,
      elementId: one.task,
      type: USER_TASK,
      status: 'end',
      endedAt: 0,
      guard: { completedBy: one.by },
    }));
  const did = done
    .filter((one) => one.model !== model)
    .map((one) => ({ model: one.model, task: one.task, done: [one.by] }));
  const guard = { startedBy: starter.userName, root: 'case', did };
  return { item, instance: { name: model, items: [item, ...items], guard } };
}

function sentence(
  nodes: readonly Node[],
  at: number,
  history: History,
  starter: SecureUser | undefined,
): string {
  const said = [
    ...(starter === undefined ? [] : [`${starter.userName} starts the case`]),
    ...nodes.flatMap(({ task }, index) =>
      history[index] === undefined ? [] : [`${(history[index] as SecureUser).userName} does ${task}`],
    ),
  ];
  const { task } = nodes[at] as Node;
  return said.length === 0
    ? `Nobody is left for ${task}.`
    : `If ${said.join(' and ')}, nobody is left for ${task}.`;
}

/** Tries histories, the shortest first, for each starter that matters. */
function* inGroup(
  duties: readonly Named[],
  nodes: readonly Node[],
  models: ReadonlyMap<string, LintModel>,
  starters: readonly SecureUser[],
  work: Work,
): IterableIterator<LintFinding> {
  const set = PolicySet.EMPTY.with(
    1,
    duties.map(([id, value]) => ({ kind: DUTY, id, value })),
  );
  const compiled = new Duties(set);
  const ofStarter = duties.some(([, { duty }]) => duty === 'not-initiator');
  const found = new Set<number>();
  const isLate = (at: number, history: History): boolean => {
    const { model, task } = nodes[at] as Node;
    const before = models.get(model)?.tasks.get(task)?.before ?? [];
    return nodes.some(
      (other, index) => history[index] !== undefined && other.model === model && before.includes(other.task),
    );
  };
  let level: (readonly [History, SecureUser])[] = (ofStarter ? starters : [NOBODY]).map((starter) => [
    [],
    starter,
  ]);
  const seen = new Set<string>();
  while (level.length > 0 && found.size < nodes.length) {
    const next: (readonly [History, SecureUser])[] = [];
    for (const [history, starter] of level)
      for (const [at, { people, model, task }] of nodes.entries()) {
        if (history[at] !== undefined || found.has(at) || isLate(at, history)) continue;
        if (!work.spend(people.length + 1, WHAT)) return;
        const resource = waiting(nodes, at, history, starter);
        const free = people.filter((person) => compiled.against(person, 'task:take', resource).length === 0);
        if (free.length === 0) {
          found.add(at);
          const names = duties.map(([id]) => id);
          yield {
            severity: 'error',
            rule: 'nobody-left',
            kind: DUTY,
            id: names[0] as string,
            message: sentence(nodes, at, history, ofStarter ? starter : undefined),
            counterexample: {
              ...(ofStarter && { starter: starter.userName }),
              did: nodes.flatMap((node, index) =>
                history[index] === undefined
                  ? []
                  : [{ model: node.model, task: node.task, user: (history[index] as SecureUser).userName }],
              ),
              left: { model, task },
              duties: names,
            },
          };
        }
        for (const person of free) {
          const after = nodes.map((_, index) => (index === at ? person : history[index]));
          const key = JSON.stringify([starter.userName, after.map((one) => one?.userName ?? null)]);
          if (!seen.has(key)) next.push([after, starter]);
          seen.add(key);
        }
      }
    level = next;
  }
}

/**
 * Tasks that duties leave to nobody but administrators. Only people who may do a task by its model and the grid are
 * tried; where the model computes its people, everybody is.
 */
export function* nobodyLeft(
  set: PolicySet,
  duties: readonly Named[],
  models: ReadonlyMap<string, LintModel>,
  given: readonly LintPerson[],
  work: Work,
): IterableIterator<LintFinding> {
  const people = given.map((person) => new SecureUser(person)).filter((person) => !person.isAdmin());
  for (const group of groupsOf(duties, models)) {
    if (contradiction(and(...group.map(([, duty]) => whenOf(duty)))) !== undefined) {
      work.leaveOut(`${WHAT}: the conditions of ${group.map(([id]) => id).join(', ')} exclude each other`);
      continue;
    }
    const named = new Map(
      group.flatMap(([, duty]) => nodesOf(duty, models)).map((node) => [keyOf(...node), node] as const),
    );
    const may = [...named.values()].map(([model, task]) => ({
      model,
      task,
      people: people.filter((person) => mayPerform(set, models.get(model), model, task, person)),
    }));
    const kindOf = (person: SecureUser): string =>
      may.map((node) => Number(node.people.includes(person))).join('');
    const tried = representatives(people, kindOf, may.length + 1);
    const nodes = may.map((node) => ({
      ...node,
      people: node.people.filter((person) => tried.includes(person)),
    }));
    yield* inGroup(group, nodes, models, [NOBODY, ...tried], work);
  }
}
