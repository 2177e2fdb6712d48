import type { Condition } from './condition.js';
import { isReference } from './condition.js';
import { itemOf, parsePath, partsOf, reach, type Path } from './frame.js';
import { conjuncts, MOST_NAMED, NAMED, namedBy } from './named.js';
import type { Resource } from './resource.js';
import type { AskedRule } from './rule-lists.js';

/** A rule that is restricted to these texts at a field: for any other text, its result is known without evaluation. */
interface Pin {
  readonly field: string;
  readonly values: readonly string[];
  /** The result is unknown if the field has no value. */
  readonly needsValue: boolean;
}

const pinsOfAll = (condition: Condition): Pin[] =>
  conjuncts(condition).flatMap((part) =>
    NAMED.flatMap((field) => {
      const values = namedBy(part, field);
      return values === undefined ? [] : [{ field, values, needsValue: false }];
    }),
  );

/** Texts without which a restriction holds: `not (that model and …)`, `not that model, or …`. */
const pinsOfAny = (condition: Condition): Pin[] =>
  (condition.op === 'or' ? condition.of : [condition]).flatMap((part): Pin[] => {
    if (part.op === 'not') return pinsOfAll(part.of);
    if (part.op !== 'ne' || isReference(part.value) || typeof part.value !== 'string') return [];
    return NAMED.includes(part.field) ? [{ field: part.field, values: [part.value], needsValue: true }] : [];
  });

/** At most one per field, with a limited total number of texts. */
function pinsOf({ effect, rule }: AskedRule): Pin[] {
  const pins: Pin[] = [];
  let size = 1;
  for (const pin of effect === 'permits' ? pinsOfAll(rule.when) : pinsOfAny(rule.when)) {
    if (pins.some(({ field }) => field === pin.field) || size * pin.values.length > MOST_NAMED) continue;
    size *= pin.values.length;
    pins.push(pin);
  }
  return pins.sort((a, b) => NAMED.indexOf(a.field) - NAMED.indexOf(b.field));
}

const combinations = (pins: readonly Pin[]): string[][] =>
  pins.reduce<string[][]>((all, { values }) => all.flatMap((one) => values.map((v) => [...one, v])), [[]]);

/** Rules that are pinned at the same fields, by their texts. */
interface Group {
  readonly paths: readonly Path[];
  readonly needsValue: boolean;
  readonly byTexts: Map<string, number[]>;
  readonly all: number[];
}

const keyOf = (texts: readonly unknown[]): string => JSON.stringify(texts);

/**
 * Finds the rules that matter for a resource: a rule about another model or element neither permits nor restricts.
 * Uses a hash, so the cost does not depend on the number of rules.
 */
export class RelevantRules {
  private readonly always: number[] = [];
  private readonly groups = new Map<string, Group>();

  constructor(private readonly rules: readonly AskedRule[]) {
    for (const [at, rule] of rules.entries()) {
      const pins = pinsOf(rule);
      if (pins.length === 0) this.always.push(at);
      else this.add(at, pins);
    }
  }

  private add(at: number, pins: readonly Pin[]): void {
    const needsValue = pins.some((pin) => pin.needsValue);
    const key = keyOf([needsValue, ...pins.map(({ field }) => field)]);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { paths: pins.map(({ field }) => parsePath(field)), needsValue, byTexts: new Map(), all: [] };
      this.groups.set(key, group);
    }
    group.all.push(at);
    for (const texts of combinations(pins)) {
      const known = group.byTexts.get(keyOf(texts));
      if (known === undefined) group.byTexts.set(keyOf(texts), [at]);
      else known.push(at);
    }
  }

  /** In the order of the rules. The resource must have all parts that they refer to. */
  of(resource: Resource): readonly AskedRule[] {
    if (this.groups.size === 0) return this.rules;
    const found = [
      ...this.always,
      ...[...this.groups.values()].flatMap((group) => this.inGroup(group, partsOf(resource))),
    ];
    return found.sort((a, b) => a - b).map((at) => this.rules[at] as AskedRule);
  }

  private inGroup({ paths, needsValue, byTexts, all }: Group, resource: Resource): readonly number[] {
    const texts = paths.map((path) => reach(path, itemOf(resource), resource));
    const asksAll = texts.some(
      (text) => Array.isArray(text) || (needsValue && (text === undefined || text === null)),
    );
    return asksAll ? all : (byTexts.get(keyOf(texts)) ?? []);
  }
}
