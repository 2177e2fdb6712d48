import { byCases } from '../../condition/cases.js';
import { and, eq, isIn, not, or, some, type Condition } from '../../condition/condition.js';
import { keyOf } from '../../condition/key.js';
import { IS_USER_TASK } from '../../condition/element-types.js';
import type { InSteps } from '../../in-steps.js';
import type { PolicyAnswer } from '../../policy.js';
import {
  answerInSteps,
  isOfRole,
  OF_CASES,
  OF_TASKS,
  said,
  saidOfCase,
  type GridRules,
} from './grid-rules.js';
import { ME, type GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM, RuleIndex, type Said } from './rule-index.js';
import type { Performing } from './tasks.js';

const ITEMS = 'instance.items';
const NAME = 'instance.name';
const ELEMENT = 'item.elementId';
const WAITING = and(IS_USER_TASK, eq('item.status', 'wait'));

/** A task waits there that the principal has not rejected. */
const waitsAt = (...more: readonly Condition[]): Condition =>
  some(ITEMS, and(WAITING, not(eq('item.guard.rejectedBy', ME)), ...more));
const none = (restricts: readonly Said[]): Condition[] => restricts.map(({ when }) => not(when));

/**
 * The cases in which a task waits that no rule restricts for the principal. Made once for all rules, which differ by
 * their audience: what is said of many tasks would be repeated by every rule otherwise.
 */
class Waiting {
  private readonly ofProcesses = new Map<string, Condition>();
  private readonly ofAll: readonly Condition[];
  private madeAnywhere: Condition | undefined;

  constructor(private readonly restricts: RuleIndex) {
    this.ofAll = none(restricts.system);
  }

  /** Apart from the restrictions of all processes. */
  private within(process: string): Condition {
    let found = this.ofProcesses.get(process);
    if (found === undefined) {
      const { whole = [], byElement } = this.restricts.processes.get(process) ?? {};
      const others = not(isIn(ELEMENT, [...(byElement?.keys() ?? [])]));
      const ofTasks = [...(byElement ?? [])].map(([element, said]) =>
        and(...none(said), waitsAt(eq(ELEMENT, element))),
      );
      found = and(...none(whole), or(waitsAt(others), ...ofTasks));
      this.ofProcesses.set(process, found);
    }
    return found;
  }

  private get anywhere(): Condition {
    if (this.madeAnywhere === undefined) {
      const limited = [...this.restricts.processes.keys()];
      const inThem = byCases(
        NAME,
        limited.map((name) => [name, this.within(name)] as const),
      );
      this.madeAnywhere = or(and(not(isIn(NAME, limited)), waitsAt()), inThem);
    }
    return this.madeAnywhere;
  }

  /** A case of the rule in which a task waits that the rule is about, and from which the principal is not excluded. */
  for({ process, element, who }: GridRuleConditions): Condition {
    if (element !== undefined)
      return and(who, ...none(this.restricts.covering(process, element)), waitsAt(eq(ELEMENT, element)));
    return and(who, ...this.ofAll, process === undefined ? this.anywhere : this.within(process));
  }
}

/** The key of rules that differ by their task only. */
const audience = ({ process, who, rule }: GridRuleConditions): string =>
  JSON.stringify([process, rule.privilege === 'Perform', keyOf(who)]);

/** Who may Perform or assign a waiting task may read its case. Rules that differ by their task only are one. */
function* participants(
  rules: GridRules,
  { restricts }: Performing,
): InSteps<(readonly [GridRuleConditions, Said])[]> {
  const work = (['Perform', 'Assign', 'Re-Assign'] as const).flatMap((privilege) =>
    rules.allowing(privilege, OF_TASKS),
  );
  const [limited, free] = [new Waiting(restricts), new Waiting(new RuleIndex<Said>([]))];
  const together = new Map<string, { readonly rule: GridRuleConditions; readonly elements: Set<string> }>();
  const found: (readonly [GridRuleConditions, Said])[] = [];
  for (const rule of work) {
    yield;
    const isLimited = rule.rule.privilege === 'Perform';
    const { process, element } = rule;
    if (
      process === undefined ||
      element === undefined ||
      (isLimited && restricts.covering(process, element).length > 0)
    ) {
      found.push([rule, saidOfCase(rule, (isLimited ? limited : free).for(rule))]);
      continue;
    }
    const key = audience(rule);
    const known = together.get(key);
    if (known === undefined) together.set(key, { rule, elements: new Set([element]) });
    else known.elements.add(element);
  }
  for (const { rule, elements } of together.values())
    found.push([rule, saidOfCase(rule, and(rule.who, waitsAt(isIn(ELEMENT, [...elements]))))]);
  return found;
}

/** Reading cases: who may View the process, or works on one of their tasks. Made in steps. */
export function* readingCases(rules: GridRules, performed: Performing): InSteps<PolicyAnswer> {
  const views = rules.allowing('View', OF_CASES).map((rule) => [rule, said(rule, rule.who)] as const);
  const all = [...views, ...(yield* participants(rules, performed))];
  yield;
  return yield* answerInSteps(
    OF_ITEM,
    all,
    new RuleIndex(views.filter(([rule]) => !isOfRole(rule)).map(([, one]) => one)),
    new RuleIndex(all.map(([, one]) => one)),
    rules.restricting('View', OF_CASES).map((rule) => [rule, said(rule, rule.who)] as const),
    'View',
  );
}
