import { addTo } from '../../add-to.js';
import { parseCondition } from '../../condition/json.js';
import { and, EVERYTHING, type Condition } from '../../condition/condition.js';
import { DUTY, tasksOf, type Duty, type NotInitiator, type TaskOf } from '../duties/duty.js';
import { contradiction, follows } from './contradiction.js';
import type { LintFinding } from './finding.js';
import type { Work } from './work.js';

type Named = readonly [id: string, duty: Duty];

const about = (id: string): Pick<LintFinding, 'kind' | 'id'> => ({ kind: DUTY, id });
export const whenOf = ({ when }: Duty): Condition => (when === undefined ? EVERYTHING : parseCondition(when));
const keyOf = ({ model, task }: TaskOf): string => JSON.stringify([model, task]);
const pairOf = (duty: Duty): readonly [string, string] => tasksOf(duty).map(keyOf).sort() as [string, string];

/** The pairs of tasks that must be done by different people. */
function apart(duty: Duty): ReadonlySet<string> {
  if (duty.duty === 'not-initiator' || duty.duty === 'must-be-who-did') return new Set();
  const keys = tasksOf(duty).map(keyOf);
  return new Set(keys.flatMap((a) => keys.filter((b) => a < b).map((b) => `${a} ${b}`)));
}

/** The first names all tasks of the second. */
function coversTasks(first: NotInitiator, second: NotInitiator): boolean {
  const named = tasksOf(second);
  if (first.tasks === undefined)
    return first.model === second.model && named.every(({ anywhere }) => !anywhere);
  const keys = new Set(tasksOf(first).map(keyOf));
  return named.length > 0 && named.every((task) => keys.has(keyOf(task)));
}

/** Everything that the second duty forbids, the first forbids too. */
function hides([, first]: Named, [, second]: Named): boolean {
  if (second.strict === true && first.strict !== true) return false;
  if (!follows(whenOf(first), whenOf(second))) return false;
  if (first.duty === 'must-be-who-did' || second.duty === 'must-be-who-did')
    return first.duty === second.duty && pairOf(first).join() === pairOf(second).join();
  if (first.duty === 'not-initiator') return second.duty === first.duty && coversTasks(first, second);
  if (second.duty === 'not-initiator') return false;
  const isEach = (duty: Duty): boolean =>
    duty.duty === 'distinct' && (duty.eachItem ?? duty.tasks.length === 1);
  if (isEach(second) && !isEach(first)) return false;
  if (isEach(second)) {
    const keys = new Set(tasksOf(first).map(keyOf));
    if (!tasksOf(second).every((task) => keys.has(keyOf(task)))) return false;
  }
  const reaches = (duty: Duty): boolean => tasksOf(duty).some(({ anywhere }) => anywhere);
  const pairs = apart(first);
  return reaches(first) === reaches(second) && [...apart(second)].every((pair) => pairs.has(pair));
}

function* contradictions(duties: readonly Named[]): IterableIterator<LintFinding> {
  for (const [id, duty] of duties) {
    const found = contradiction(whenOf(duty));
    if (found === undefined) continue;
    const { why, unlessList } = found;
    yield {
      ...about(id),
      severity: unlessList ? 'warning' : 'error',
      rule: 'never-holds',
      message: `The condition of the duty never holds${unlessList ? ', unless the field is a list' : ''}: ${why}.`,
      counterexample: { contradiction: why },
    };
  }
}

function* hidden(duties: readonly Named[], work: Work): IterableIterator<LintFinding> {
  for (const [at, second] of duties.entries()) {
    if (!work.spend(duties.length, 'which duties hide each other')) return;
    // Of two that say the same, only the later one is hidden.
    const by = duties.find(
      (first, other) => other !== at && hides(first, second) && (other < at || !hides(second, first)),
    );
    if (by === undefined) continue;
    yield {
      ...about(second[0]),
      severity: 'warning',
      rule: 'hidden',
      message: `Whatever the duty forbids, the duty ${JSON.stringify(by[0])} forbids too.`,
      counterexample: { hiddenBy: { kind: DUTY, id: by[0] } },
    };
  }
}

function* opposites(duties: readonly Named[], work: Work): IterableIterator<LintFinding> {
  for (const [id, duty] of duties) {
    if (duty.duty !== 'must-be-who-did') continue;
    if (!work.spend(duties.length, 'which duties exclude each other')) return;
    const [a, b] = pairOf(duty);
    const against = duties.find(
      ([, other]) =>
        apart(other).has(`${a} ${b}`) && contradiction(and(whenOf(duty), whenOf(other))) === undefined,
    );
    if (against === undefined) continue;
    const [did, left] = [...tasksOf(duty)].reverse() as [TaskOf, TaskOf];
    yield {
      ...about(id),
      severity: 'error',
      rule: 'nobody-left',
      message:
        `Whoever does ${did.task}, nobody is left for ${left.task}: this duty takes the same person, and the duty ` +
        `${JSON.stringify(against[0])} another.`,
      counterexample: {
        did: [{ model: did.model, task: did.task, user: 'anybody' }],
        left: { model: left.model, task: left.task },
        duties: [id, against[0]],
      },
    };
  }
}

/** What the duties say of each other; those of different models are not compared. */
export function* dutyFindings(duties: readonly Named[], work: Work): IterableIterator<LintFinding> {
  yield* contradictions(duties);
  const byModel = new Map<string, Named[]>();
  for (const one of duties) addTo(byModel, one[1].model, one);
  for (const ofModel of byModel.values()) {
    yield* hidden(ofModel, work);
    yield* opposites(ofModel, work);
  }
}
