import { mapCases } from '../condition/cases.js';
import { and, eq, isNothing, isReference, or, some, type Condition } from '../condition/condition.js';
import { conditionSize, MOST_MEASURED, MOST_STATED } from '../condition/size.js';
import { dataPathOf, pathOfMark } from '../marks/data-marks.js';
import { isOnlyTenant, type Mark } from '../marks/mark.js';
import type { Rule } from '../policy.js';
import { conjuncts, namedBy } from '../condition/named.js';
import { mapInSteps, type InSteps } from '../in-steps.js';
import type { Predicates } from './predicates.js';
import type { Way } from './scope.js';
import { marksWithData } from '../marks/search.js';
import type { Surroundings } from '../condition/around.js';
import { fitting, widened } from '../condition/widened.js';

const SEPARATOR = '\n';

/** Conditions with the same marks. */
interface Marked {
  readonly search: readonly Mark[] | undefined;
  readonly whens: readonly Condition[];
}

/** What rules say, by their marks. */
function bySearch(rules: readonly Rule[]): Marked[] {
  const found = new Map<string | undefined, Marked & { readonly whens: Condition[] }>();
  for (const { when, search } of rules) {
    const key = search?.join(SEPARATOR);
    const known = found.get(key);
    if (known === undefined) found.set(key, { search, whens: [when] });
    else known.whens.push(when);
  }
  return [...found.values()];
}

/**
 * The ways into a scope that rules open, before they are bound to a principal. Ways with the same marks, or without
 * any, are merged.
 */
export const alternativesBySearch = (rules: readonly Rule[], predicates: Predicates): Way[] =>
  bySearch(rules).map(({ search, whens }) => ({ when: predicates.alternatives(whens), search }));

/** The ways into a scope, and its restrictions. */
export interface Ways {
  readonly ways: readonly Way[];
  readonly restricts: readonly Condition[];
}

/** Ways with different marks, in a scope that is stated roughly. */
const MOST_WAYS = 8;

const sizeOf = (conditions: readonly Condition[]): number =>
  conditions.reduce((sum, condition) => sum + conditionSize(condition), 0);

/** No search goes without it. */
const isOfTenant = (condition: Condition): boolean =>
  'field' in condition && condition.field === 'instance.tenantId';

/** Few of them: one for all that have marks, with all their marks, if they are many. */
function few<W extends Pick<Way, 'search'>>(ways: readonly W[], join: (marked: readonly W[]) => W): W[] {
  if (ways.length <= MOST_WAYS) return [...ways];
  const marked = ways.filter(({ search }) => search !== undefined);
  const search = [...new Set(marked.flatMap((way) => way.search ?? []))];
  return [...ways.filter((way) => way.search === undefined), { ...join(marked), search }];
}

/**
 * The same, unless it is too large for a query: then ways and restrictions that are small, and hold wherever these
 * hold. Made in steps.
 */
export function* roughly(whole: Ways): InSteps<Ways> {
  const { ways, restricts } = whole;
  if (sizeOf([...ways.map(({ when }) => when), ...restricts]) <= MOST_STATED) return whole;
  const all = few(ways, (marked) => ({ when: or(...marked.map(({ when }) => when)) }));
  const others = restricts.filter((condition) => !isOfTenant(condition));
  yield;
  const small = yield* mapInSteps(all, ({ when, search }) => ({
    when: widened(when, MOST_STATED / 2 / all.length),
    search,
  }));
  return {
    ways: small,
    restricts: [...restricts.filter(isOfTenant), ...conjuncts(widened(and(...others), MOST_STATED / 2))],
  };
}

/**
 * The same for rules that are so many that putting all of them together first would take longer than a call may hold up
 * the others; in steps.
 */
export function* roughlyMany(
  permits: readonly Rule[],
  restricts: readonly Condition[],
  surroundings: Surroundings,
): InSteps<Ways> {
  const all = few<Marked>(bySearch(permits), (marked) => ({
    search: undefined,
    whens: marked.flatMap(({ whens }) => whens),
  }));
  const flat = restricts.flatMap(conjuncts);
  const others = flat.filter((condition) => !isOfTenant(condition));
  const ways: Way[] = [];
  for (const { search, whens } of all)
    ways.push({ when: yield* surroundings.around(whens, MOST_STATED / 2 / all.length), search });
  return {
    ways,
    restricts: [...flat.filter(isOfTenant), ...fitting(others, MOST_STATED / 2, surroundings.sizeOf)[0]],
  };
}

const ANYBODY = 'anybody';

/** The condition if the principal has all values that it is compared with. */
function assumed(condition: Condition): Condition {
  switch (condition.op) {
    case 'eq':
      return isReference(condition.value) && condition.value.ref === 'user'
        ? eq(condition.field, ANYBODY)
        : condition;
    case 'in':
    case 'overlaps':
      return isReference(condition.values) && condition.values.ref === 'user'
        ? eq(condition.field, ANYBODY)
        : condition;
    case 'and':
      return and(...condition.of.map(assumed));
    case 'or':
      return or(...condition.of.map(assumed));
    case 'some':
      return some(condition.field, assumed(condition.where));
    case 'cases':
      return mapCases(condition, assumed);
    default:
      return condition;
  }
}

/** The condition without the parts that are too large to search by, where others must hold as well. */
function searchable(condition: Condition): Condition {
  if (conditionSize(condition) <= MOST_MEASURED) return condition;
  switch (condition.op) {
    case 'and': {
      const small = condition.of.filter((part) => conditionSize(part) <= MOST_MEASURED);
      return small.length === 0 ? and(...condition.of.map(searchable)) : and(...small);
    }
    case 'or':
      return or(...condition.of.map(searchable));
    case 'some':
      return some(condition.field, searchable(condition.where));
    default:
      return condition;
  }
}

/** The models that it names are marks. */
const isOfModels = (condition: Condition): boolean =>
  conjuncts(condition).some((part) => namedBy(part, 'instance.name')?.every((name) => name !== '') === true);

/** Whether it compares data with a value. Few rules do, so this is asked before their marks are worked out. */
function comparesData(condition: Condition): boolean {
  switch (condition.op) {
    case 'and':
    case 'or':
      return condition.of.some(comparesData);
    case 'cases':
      return condition.cases.some(({ when }) => comparesData(when));
    case 'eq':
    case 'in':
    case 'overlaps':
      return dataPathOf(condition.field) !== undefined;
    default:
      return false;
  }
}

/** How lists of instances search for what a rule permits. */
export interface Search {
  /** No marks follow from the rule, whatever the principal is, even of data that could be marked. */
  readonly isUnmarked: boolean;
  /** The paths below `data` by which a search for what the rule permits would go. */
  readonly dataPaths: readonly string[];
}

/** Of a rule that no list searches by. */
export const NOT_SEARCHED: Search = Object.freeze({ isUnmarked: false, dataPaths: Object.freeze([]) });

/** Works out how lists search for what a rule permits, apart from the marks that it states. */
export function searchOf({ when, search }: Rule): Search {
  if (search !== undefined || isNothing(when)) return NOT_SEARCHED;
  const small = searchable(when);
  const isOfModel = isOfModels(small);
  const isOfData = comparesData(small);
  if (isOfModel && !isOfData) return NOT_SEARCHED;
  const marks = marksWithData(assumed(small));
  return {
    isUnmarked: !isOfModel && isOnlyTenant(marks),
    dataPaths: isOfData ? (marks ?? []).flatMap((mark) => pathOfMark(mark) ?? []) : [],
  };
}
