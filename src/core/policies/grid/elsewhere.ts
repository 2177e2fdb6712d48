import { and, isIn, not, or, type Condition } from '../../condition/condition.js';
import type { InSteps } from '../../in-steps.js';
import type { PolicyAnswer, Rule } from '../../policy.js';
import { GridPart, type Asked } from './grid-part.js';
import { answerOf } from './grid-rules.js';
import type { GridRuleConditions } from './rule-conditions.js';
import { OF_ITEM, OF_START, type Place } from './rule-index.js';

/** Operations on models, and on events that start a case. */
const OF_MODELS: ReadonlySet<Asked> = new Set<Asked>(['model:read', 'instance:start', 'any-data']);

const placeOf = (asked: Asked, starts: boolean): Place =>
  starts || OF_MODELS.has(asked) ? OF_START : OF_ITEM;

/** The rules about all processes, applied to the processes that no rule names. */
export class Elsewhere {
  private readonly part: GridPart;
  private readonly named: ReadonlyMap<Place, Condition>;
  private readonly answers = [new Map<Asked, PolicyAnswer>(), new Map<Asked, PolicyAnswer>()] as const;

  constructor(
    rules: readonly GridRuleConditions[],
    private readonly names: readonly string[],
  ) {
    this.part = new GridPart(rules);
    this.named = new Map([OF_ITEM, OF_START].map((place) => [place, isIn(place.process, names)]));
  }

  /** True if it is made of these rules and names. */
  isOf(rules: readonly GridRuleConditions[], names: readonly string[]): boolean {
    return (
      this.part.isOf(rules) &&
      names.length === this.names.length &&
      names.every((name, at) => name === this.names[at])
    );
  }

  /** Makes answers in steps. */
  prepare(asked: readonly Asked[]): InSteps<void> {
    return this.part.prepare(asked);
  }

  /** On an item: the principal is excluded from it. */
  get blocked(): Condition {
    return and(not(this.namedAt(OF_ITEM)), this.part.performed.blocked);
  }

  /** Its restrictive rules about performing tasks. */
  get restrictive(): readonly Rule[] {
    return this.part.performed.rules.map((rule) => this.restricting(rule, OF_ITEM));
  }

  answer(asked: Asked, starts: boolean): PolicyAnswer {
    const answers = this.answers[starts ? 1 : 0];
    let found = answers.get(asked);
    if (found !== undefined) return found;
    const { permissive = [], restrictive = [] } = this.part.answer(asked, starts);
    const place = placeOf(asked, starts);
    found = answerOf(
      permissive.map((rule) => Object.freeze({ ...rule, when: and(not(this.namedAt(place)), rule.when) })),
      restrictive.map((rule) => this.restricting(rule, place)),
    );
    answers.set(asked, found);
    return found;
  }

  private restricting(rule: Rule, place: Place): Rule {
    return Object.freeze({ ...rule, when: or(this.namedAt(place), rule.when) });
  }

  private namedAt(place: Place): Condition {
    return this.named.get(place) as Condition;
  }
}
