import type { PolicySet } from '../../policy-set/policy-set.js';
import { elementOf, GRID_RULE, type GridRule } from '../grid/grid.js';
import type { LintModel, LintPerson, TaskPeople } from './finding.js';

const covers = ({ on }: GridRule, model: string, task: string): boolean =>
  on === 'system' || (on.process === model && !('event' in on) && [undefined, task].includes(elementOf(on)));

/** Whom a rule concerns; of users that only a case or an attribute tells, everybody. */
const concerns = ({ users }: GridRule, { userName, userGroups }: LintPerson): boolean =>
  users === 'all' ||
  ('group' in users ? userGroups.includes(users.group) : 'user' in users ? users.user === userName : true);

const isCertain = ({ users, for: when }: GridRule): boolean =>
  when === undefined && (users === 'all' || 'group' in users || 'user' in users);

const byModel = (
  { open, dynamic, users, groups }: TaskPeople,
  { userName, userGroups }: LintPerson,
): boolean =>
  open || dynamic || users.includes(userName) || userGroups.some((group) => groups.includes(group));

/** Whether the model and the grid let the person do the task in some case; duties are not looked at. */
export function mayPerform(
  set: PolicySet,
  model: LintModel | undefined,
  name: string,
  task: string,
  person: LintPerson,
): boolean {
  const rules = [...(set.of(GRID_RULE) as ReadonlyMap<string, GridRule>).values()].filter(
    (rule) => rule.privilege === 'Perform' && covers(rule, name, task),
  );
  if (rules.some((rule) => rule.effect === 'Restrict' && isCertain(rule) && concerns(rule, person)))
    return false;
  const allows = rules.filter(({ effect }) => effect === 'Allow');
  if (allows.length > 0) return allows.some((rule) => concerns(rule, person));
  const people = model?.tasks.get(task);
  return people === undefined || byModel(people, person);
}
