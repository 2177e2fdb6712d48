import type { Condition } from '../condition/condition.js';
import { isReference } from '../condition/condition.js';
import { itemOf, parsePath, partsOf, reach, type Path } from '../evaluation/frame.js';
import { conjuncts, MOST_NAMED, NAMED, namedBy, valuesOf } from '../condition/named.js';
import type { Resource } from '../resource.js';
import type { AskedRule, RuleList } from './rule-lists.js';

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

/** A membership in a list of texts, however many. */
const textsOf = (condition: Condition): readonly string[] | undefined => {
  const values = 'field' in condition && NAMED.includes(condition.field) ? valuesOf(condition) : undefined;
  return values?.every((value) => typeof value === 'string') === true ? (values as string[]) : undefined;
};

/** Of a rule that is about all but some texts: the membership in those, for which it says nothing. */
function apartFrom({ effect, rule: { when } }: AskedRule): Condition | undefined {
  const parts =
    effect === 'permits'
      ? conjuncts(when).flatMap((part) => (part.op === 'not' ? [part.of] : []))
      : when.op === 'or'
        ? when.of
        : [];
  return parts.find((part) => textsOf(part) !== undefined);
}

/** Rules that are about all texts of a field but these. */
interface Apart {
  readonly path: Path;
  readonly texts: ReadonlySet<string>;
  readonly rules: number[];
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

/** True if no rule is about the resource. False for a list, and for resources without a value. */
function isApart({ path, texts }: Apart, resource: Resource): boolean {
  const text = reach(path, itemOf(resource), resource);
  return typeof text === 'string' && texts.has(text);
}

const keyOf = (texts: readonly unknown[]): string => JSON.stringify(texts);

/**
 * Finds the rules that matter for a resource: a rule about another model or element neither permits nor restricts.
 * Uses a hash, so the cost does not depend on the number of rules.
 */
export class RelevantRules {
  private readonly always: number[] = [];
  /** By what they are apart from, which rules that were made together share. */
  private readonly apart = new Map<Condition, Apart>();
  private readonly groups = new Map<string, Group>();

  constructor(private readonly rules: readonly AskedRule[]) {
    for (const [at, rule] of rules.entries()) {
      const pins = pinsOf(rule);
      if (pins.length > 0) this.add(at, pins);
      else this.addWide(at, apartFrom(rule));
    }
  }

  private addWide(at: number, apart: Condition | undefined): void {
    if (apart === undefined) {
      this.always.push(at);
      return;
    }
    let known = this.apart.get(apart);
    if (known === undefined) {
      const { field } = apart as Extract<Condition, { field: string }>;
      known = { path: parsePath(field), texts: new Set(textsOf(apart)), rules: [] };
      this.apart.set(apart, known);
    }
    known.rules.push(at);
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
    if (this.groups.size + this.apart.size === 0) return this.rules;
    const found = [
      ...this.always,
      ...[...this.apart.values()].flatMap((apart) => (isApart(apart, partsOf(resource)) ? [] : apart.rules)),
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

/** Rules in the order of the lists that they are from. */
export function sortedBy(lists: readonly RuleList[], rules: readonly AskedRule[]): readonly AskedRule[] {
  const key = ({ policy, effect }: AskedRule): string => `${effect} ${policy}`;
  const order = new Map(
    lists.flatMap(({ rules: [first] }, at) => (first === undefined ? [] : [[key(first), at] as const])),
  );
  const placeOf = (rule: AskedRule): number => order.get(key(rule)) ?? 0;
  return [...rules].sort((a, b) => placeOf(a) - placeOf(b));
}
