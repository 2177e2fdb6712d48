import { byCases } from '../../condition/cases.js';
import {
  and,
  eq,
  isIn,
  isNothing,
  NOTHING,
  not,
  or,
  some,
  type Condition,
} from '../../condition/condition.js';
import type { Narrowing } from '../task-rules.js';
import type { RuleIndex, Said } from './rule-index.js';

const ITEMS = 'instance.items';
const ELEMENT = 'item.elementId';
const NAME = 'instance.name';

const none = (said: readonly Said[]): Condition => not(or(...said.map(({ when }) => when)));

/** A task of one process that names the principal, and from which what is said of that process does not exclude it. */
function inProcess(process: string, names: Condition, allows: RuleIndex, restricts: RuleIndex): Condition {
  const closed = allows.processes.get(process);
  if (closed !== undefined && closed.whole.length > 0) return NOTHING;
  const named = closed?.byElement ?? new Map<string, readonly Said[]>();
  const { whole = [], byElement = new Map<string, readonly Said[]>() } =
    restricts.processes.get(process) ?? {};
  const limited = [...byElement].filter(([element]) => !named.has(element));
  const elsewhere = [...named.keys(), ...limited.map(([element]) => element)];
  const others = not(isIn(ELEMENT, elsewhere));
  // What is said of the whole process is not repeated for each of its tasks.
  return and(
    none(whole),
    or(
      some(ITEMS, and(names, others)),
      ...limited.map(([element, said]) => and(none(said), some(ITEMS, and(names, eq(ELEMENT, element))))),
    ),
  );
}

/**
 * What the task rules give by the model is narrowed by the rules about Perform: a task that one of them names is open
 * to nobody by its model, and one from which a user is excluded does not show to that user as a candidate.
 * @param blocked of an item: it is such a task, and the principal is excluded
 */
export function narrowing(
  allows: RuleIndex,
  restricts: RuleIndex,
  blocked: Condition,
): Narrowing | undefined {
  if (isNothing(blocked)) return undefined;
  return Object.freeze({
    task: not(blocked),
    someTask: (names: Condition): Condition => {
      if (allows.system.length > 0) return NOTHING;
      const affected = new Set([...allows.processes.keys(), ...restricts.processes.keys()]);
      const unaffected = not(isIn(NAME, [...affected]));
      const elsewhere = and(unaffected, some(ITEMS, names));
      const inThem = byCases(
        NAME,
        [...affected]
          .map((process) => [process, inProcess(process, names, allows, restricts)] as const)
          .filter(([, when]) => !isNothing(when)),
      );
      return and(none(restricts.system), or(elsewhere, inThem));
    },
  });
}
