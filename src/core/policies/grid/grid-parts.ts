import { byCases } from '../../condition/cases.js';
import { keyOf } from '../../condition/key.js';
import { or, type Condition } from '../../condition/condition.js';
import type { InSteps } from '../../in-steps.js';
import type { PolicyAnswer } from '../../policy.js';
import { Elsewhere } from './elsewhere.js';
import { GridPart, type Asked } from './grid-part.js';
import { answerOf, type GridRules, OF_TASKS, said } from './grid-rules.js';
import type { GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM, RuleIndex } from './rule-index.js';
import type { Performing } from './tasks.js';

/** Rules from this number on are made process by process. */
export const MANY = 200;
/** Rules about all processes are compiled once for each process that other rules name, up to so many in all. */
const MOST_AGAIN = 20_000;
/** More rules about all processes than that are compiled as one piece in any case. */
const MOST_OF_ALL = 100;

/** Rules about all processes together, such as who monitors, answer these. */
const OF_ALL: ReadonlySet<Asked> = new Set<Asked>(['model:report', 'system:audit']);

/** The rules by their processes, and those about all processes. */
interface ByProcess {
  readonly named: ReadonlyMap<string, GridRuleConditions[]>;
  readonly ofAll: readonly GridRuleConditions[];
}

/** A rule about all processes, narrowed to one process; the same object each time. */
function within(rule: GridRuleConditions, process: string): GridRuleConditions {
  let found = rule.within.get(process);
  if (found === undefined) {
    found = Object.freeze({ ...rule, process, made: [], within: new Map() });
    rule.within.set(process, found);
  }
  return found;
}

/** The rules by their processes; undefined if those about all processes would be made too often. */
function byProcess(rules: readonly GridRuleConditions[]): ByProcess | undefined {
  const named = new Map<string, GridRuleConditions[]>();
  const ofAll: GridRuleConditions[] = [];
  for (const rule of rules) {
    const { process } = rule;
    if (process === undefined) {
      if (rule.rule.privilege !== 'Monitor') ofAll.push(rule);
      continue;
    }
    const known = named.get(process);
    if (known === undefined) named.set(process, [rule]);
    else known.push(rule);
  }
  const isParted = ofAll.length <= MOST_OF_ALL && ofAll.length * named.size <= MOST_AGAIN;
  for (const rule of ofAll)
    for (const process of rule.within.keys())
      if (!isParted || !named.has(process)) rule.within.delete(process);
  if (!isParted) return undefined;
  if (ofAll.length > 0)
    for (const [process, of] of named) of.unshift(...ofAll.map((rule) => within(rule, process)));
  return { named, ofAll };
}

interface Parts {
  readonly named: ReadonlyMap<string, GridPart>;
  /** Missing: no rule is about all processes. */
  readonly elsewhere: Elsewhere | undefined;
}

function partsOf({ named, ofAll }: ByProcess, before: Parts | undefined): Parts {
  const parts = new Map(
    [...named].map(([process, rules]) => {
      const known = before?.named.get(process);
      return [process, known?.isOf(rules) === true ? known : new GridPart(rules)] as const;
    }),
  );
  if (ofAll.length === 0) return { named: parts, elsewhere: undefined };
  const names = [...named.keys()];
  const known = before?.elsewhere;
  return {
    named: parts,
    elsewhere: known?.isOf(ofAll, names) === true ? known : new Elsewhere(ofAll, names),
  };
}

/**
 * The rules of a grid, and what they answer. Of many rules each process is made by itself, with those about all
 * processes: rules about one say nothing about another, and a change of one keeps what was compiled for the others.
 */
export class GridParts {
  private readonly parts: Parts | undefined;
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;
  private madePerforming: Performing | undefined;
  private madeWhole: GridPart | undefined;

  /** @param before of another version: what did not change is taken from it */
  constructor(
    private readonly all: readonly GridRuleConditions[],
    before?: GridParts,
  ) {
    const processes = all.length > MANY ? byProcess(all) : undefined;
    this.parts = processes && partsOf(processes, before?.parts);
  }

  /** All rules as one part. */
  get whole(): GridPart {
    return (this.madeWhole ??= new GridPart(this.all));
  }

  get rules(): GridRules {
    return this.whole.rules;
  }

  /**
   * Makes the answers one process after the other, so that others can run in between.
   * @param compile compiles an answer in steps
   */
  *prepare(asked: readonly Asked[], compile: (answer: PolicyAnswer) => Iterable<void>): InSteps<void> {
    const { named = new Map<string, GridPart>(), elsewhere } = this.parts ?? {};
    for (const part of this.parts === undefined ? [this.whole] : [...named.values(), elsewhere]) {
      if (part === undefined) continue;
      yield* part.prepare(asked);
      for (const one of asked) yield* compile(part.answer(one, false));
      yield;
    }
  }

  get performed(): Performing {
    return (this.madePerforming ??=
      this.parts === undefined ? this.whole.performed : this.together(this.parts));
  }

  private together({ named, elsewhere }: Parts): Performing {
    const index = (rules: readonly GridRuleConditions[]): RuleIndex =>
      new RuleIndex(rules.map((rule) => said(rule, rule.who)));
    const keys = new Map<Condition, string>();
    const blocked = [...named].map(([process, part]) => {
      const { when, key } = part.blockedIn(process);
      keys.set(when, key);
      return [process, when] as const;
    });
    const inThem = byCases(OF_ITEM.process, blocked, (when) => keys.get(when) ?? keyOf(when));
    return {
      allows: index(this.rules.allowing('Perform', OF_TASKS)),
      restricts: index(this.rules.restricting('Perform', OF_TASKS)),
      blocked: elsewhere === undefined ? inThem : or(inThem, elsewhere.blocked),
      rules: [
        ...[...named.values()].flatMap(({ performed }) => performed.rules),
        ...(elsewhere?.restrictive ?? []),
      ],
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
      const { named, elsewhere } = parts;
      const all = [...named.values(), ...(elsewhere === undefined ? [] : [elsewhere])].map((part) =>
        part.answer(operation, starts),
      );
      found = answerOf(
        all.flatMap(({ permissive = [] }) => permissive),
        all.flatMap(({ restrictive = [] }) => restrictive),
      );
      answers.set(operation, found);
    }
    return found;
  }
}
