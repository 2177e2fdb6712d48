import { byCases } from '../../cases.js';
import { given } from '../../given.js';
import type { InSteps } from '../../in-steps.js';
import type { PolicyAnswer } from '../../policy.js';
import { GridPart, type Asked } from './grid-part.js';
import { answerOf, type GridRules, OF_TASKS, said } from './grid-rules.js';
import type { GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM, RuleIndex } from './rule-index.js';
import type { Performing } from './tasks.js';

/** Rules from this number on are made process by process. */
export const MANY = 200;

/** Rules about all processes together, such as who monitors, answer these. */
const OF_ALL: ReadonlySet<Asked> = new Set<Asked>(['model:report', 'system:audit']);

type Processes = ReadonlyMap<string, readonly GridRuleConditions[]>;

/** The rules by their processes; undefined if one speaks of all processes, and so of those that others name. */
function byProcess(rules: Iterable<GridRuleConditions>): Processes | undefined {
  const found = new Map<string, GridRuleConditions[]>();
  for (const rule of rules) {
    const { process } = rule;
    if (process === undefined) {
      if (rule.rule.privilege !== 'Monitor') return undefined;
      continue;
    }
    const known = found.get(process);
    if (known === undefined) found.set(process, [rule]);
    else known.push(rule);
  }
  return found;
}

/**
 * The rules of a grid, and what they answer. Of many rules each process is made by itself: rules about one say nothing
 * of another, and a change of one leaves what was made of the others.
 */
export class GridParts {
  /** All rules as one part. */
  readonly whole: GridPart;
  private readonly parts: ReadonlyMap<string, GridPart> | undefined;
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;
  private madePerforming: Performing | undefined;

  /** @param before of another version: what did not change is taken from it */
  constructor(all: readonly GridRuleConditions[], before?: GridParts) {
    this.whole = new GridPart(all);
    const processes = all.length > MANY ? byProcess(all) : undefined;
    this.parts =
      processes &&
      new Map(
        [...processes].map(([process, rules]) => {
          const known = before?.parts?.get(process);
          return [process, known?.isOf(rules) === true ? known : new GridPart(rules)] as const;
        }),
      );
  }

  get rules(): GridRules {
    return this.whole.rules;
  }

  /** Makes the answers one process after the other, so that others can run in between. */
  *prepare(asked: readonly Asked[]): InSteps<void> {
    for (const part of this.parts?.values() ?? [this.whole]) {
      yield* part.prepare(asked);
      yield;
    }
  }

  get performed(): Performing {
    return (this.madePerforming ??=
      this.parts === undefined ? this.whole.performed : this.together(this.parts));
  }

  private together(parts: ReadonlyMap<string, GridPart>): Performing {
    const index = (rules: readonly GridRuleConditions[]): RuleIndex =>
      new RuleIndex(rules.map((rule) => said(rule, rule.who)));
    const blocked = ([process, { performed }]: readonly [string, GridPart]) =>
      [process, given(performed.blocked, OF_ITEM.process, process)] as const;
    return {
      allows: index(this.rules.allowing('Perform', OF_TASKS)),
      restricts: index(this.rules.restricting('Perform', OF_TASKS)),
      blocked: byCases(OF_ITEM.process, [...parts].map(blocked)),
      rules: [...parts.values()].flatMap(({ performed }) => performed.rules),
    };
  }

  answer(operation: Asked, starts: boolean): PolicyAnswer {
    const { parts } = this;
    if (parts === undefined || OF_ALL.has(operation)) return this.whole.answer(operation, starts);
    // The same rules show a task and its people.
    if (operation === 'task:assignees') return this.answer('task:read', starts);
    const answers = this.answers[starts ? 1 : 0];
    let found = answers.get(operation);
    if (found === undefined) {
      const all = [...parts.values()].map((part) => part.answer(operation, starts));
      found = answerOf(
        all.flatMap(({ permissive = [] }) => permissive),
        all.flatMap(({ restrictive = [] }) => restrictive),
      );
      answers.set(operation, found);
    }
    return found;
  }
}
