import type { Work } from '../bson/budget.js';
import type { Filter, MarkFilter, Selected } from '../port.js';
import { endOf, type OrderedBytes, type Way } from './bytes.js';
import { entriesIn, hintsOf, type Hint } from './hints.js';
import { beginning, namesIn, type List } from './index-entries.js';

/** The start of a walk. */
export interface Bound {
  readonly key: string;
  /** Whether the walk includes the instance with that key. */
  readonly included: boolean;
}

export interface CandidateOptions {
  readonly bound?: Bound | undefined;
  /** About how many matches are wanted; most are found among as many candidates. Missing: all. */
  readonly wanted?: number;
  /** Entries that are read at once. */
  readonly most?: number;
  /** Any order will do. */
  readonly walk?: Walk | undefined;
}

/** A walk in the order of the list that is used, if that is not the one of the instances. */
export interface Walk {
  /** Where it continues: at an instance that it has passed before. Missing, but with a bound: in the default order. */
  readonly place?: string | undefined;
  /** Told the places of the instances that come next. */
  readonly passes: (places: ReadonlyMap<string, string>) => void;
}

/** Entries that are read at once: at first, later, and how much more each time. */
const PART = { least: 16, most: 512, growth: 4 };
/** Entries that are read at once of many lists, because each list costs a search. */
const OF_MANY_LISTS = 2000;
/** Steps for reading an entry. */
const STEPS = 8;
/** Lists per step in which one entry is looked for. */
const LISTS_PER_STEP = 4;

const ALL: Way = [beginning('all', '')];

/** `_id` of the newest instance, in hexadecimal digits. */
export async function newest(bytes: OrderedBytes): Promise<string | undefined> {
  const { entries } = await bytes.merge('index', [ALL], { most: 1 });
  return entries.map(([, rest]) => namesIn(rest)[0])[0];
}

/** What follows list and term in the keys of entries that the walk does not include. */
const boundOf = (bound: Bound | undefined): string | undefined =>
  bound && bound.key + (bound.included ? '\u0001' : '');

function ofMarks(marks: MarkFilter | undefined): Hint[] {
  if (marks === undefined) return [];
  return [entriesIn(marks.field === 'guard.open' ? 'open' : 'read', marks.anyOf)];
}

/** The terms of a list, one search each. */
async function termsOf(bytes: OrderedBytes, list: List): Promise<string[]> {
  const terms: string[] = [];
  for (let below: string | undefined; ;) {
    const { entries } = await bytes.merge('index', [[beginning(list)]], { below, most: 1 });
    const [[, rest] = []] = entries;
    if (rest === undefined) return terms;
    const term = rest.slice(0, rest.indexOf('\0'));
    terms.push(term);
    below = `${term}\0`;
  }
}

async function wayOf(bytes: OrderedBytes, hint: Hint): Promise<Way> {
  if (hint.kind === 'entries') return hint.beginnings;
  if (hint.kind === 'below') return [beginning(hint.list)];
  const terms = await termsOf(bytes, hint.list);
  return terms.filter((term) => term !== hint.but).map((term) => beginning(hint.list, term));
}

async function waysOf(bytes: OrderedBytes, { filter, marks }: Selected): Promise<[Way[], Hint[]]> {
  const hints = [...ofMarks(marks), ...hintsOf(filter as Filter)];
  const ways = await Promise.all(hints.map((hint) => wayOf(bytes, hint)));
  return ways.length > 0 ? [ways, hints] : [[ALL], [{ kind: 'entries', beginnings: ALL }]];
}

/** Entries in the order of their terms, brought into that of the instances. */
async function* inOrder(
  bytes: OrderedBytes,
  { list, below }: Hint & { readonly kind: 'below' },
  end: string | undefined,
  work: Work,
): AsyncGenerator<string[]> {
  const from = beginning(list);
  const range = { from, below: below === undefined ? endOf(from) : from + below };
  const found: string[] = [];
  for await (const [key] of bytes.scan('index', range)) {
    work.spend(STEPS);
    const rest = key.slice(key.indexOf('\0', from.length) + 1);
    if (end === undefined || rest < end) found.push(rest);
    if (work.isOver()) await work.next();
  }
  const sorted = await work.sort(found, (a, b) => (a > b ? -1 : 1));
  for (let at = 0; at < sorted.length; at += PART.most)
    yield sorted.slice(at, at + PART.most).map((rest) => namesIn(rest)[1]);
}

/** Entries in the order of their terms, in parts, from a place on. */
async function* inListOrder(
  bytes: OrderedBytes,
  { list, below }: Hint & { readonly kind: 'below' },
  { place, passes }: Walk,
  isIncluded: boolean,
  size: number,
  work: Work,
): AsyncGenerator<string[]> {
  const first = beginning(list);
  // No key is between one and the same with a zero character behind it.
  const from = place === undefined ? first : first + place + (isIncluded ? '' : '\0');
  let part = new Map<string, string>();
  for await (const [key] of bytes.scan('index', {
    from,
    below: below === undefined ? endOf(first) : first + below,
  })) {
    work.spend(STEPS);
    const rest = key.slice(first.length);
    part.set(namesIn(rest.slice(rest.indexOf('\0') + 1))[1], rest);
    if (part.size < size) continue;
    passes(part);
    yield [...part.keys()];
    part = new Map();
  }
  passes(part);
  yield [...part.keys()];
}

/** The beginning of all candidates, if they are the entries of one list only. */
export function onlyList({ marks }: Pick<Selected, 'marks'>): string | undefined {
  const [way = ALL] = ofMarks(marks).flatMap((hint) => (hint.kind === 'entries' ? [hint.beginnings] : []));
  return way.length === 1 ? way[0] : undefined;
}

/** The ids of instances among which are all that match the plan, newest first, in parts. */
export async function* candidates(
  bytes: OrderedBytes,
  plan: Selected,
  work: Work,
  { bound, wanted = Infinity, most = PART.most, walk }: CandidateOptions,
): AsyncGenerator<string[]> {
  const inList = (hint: Hint & { readonly kind: 'below' }, way: Walk): AsyncGenerator<string[]> => {
    const size = Math.max(PART.least, Math.min(wanted, most));
    return inListOrder(bytes, hint, way, bound?.included === true, size, work);
  };
  if (walk?.place !== undefined) {
    const hint = [...hintsOf(plan.filter as Filter)].find((one) => one.kind === 'below');
    if (hint === undefined) throw new TypeError('A place belongs to another list');
    return yield* inList(hint, walk);
  }
  let [ways, hints] = await waysOf(bytes, plan);
  let below = boundOf(bound);
  for (let size = Math.max(wanted, PART.least); ; size *= PART.growth) {
    const lists = Math.max(...ways.map((way) => way.length));
    const part = Math.max(Math.min(size, most), Math.min(lists, OF_MANY_LISTS));
    const { way, entries } = await bytes.merge('index', ways, { below, most: part });
    const hint = hints[way] as Hint;
    if (hint.kind === 'below' && walk !== undefined && bound === undefined) return yield* inList(hint, walk);
    if (hint.kind === 'below') {
      yield* inOrder(bytes, hint, below, work);
      return;
    }
    [ways, hints] = [[ways[way] as Way], [hint]];
    work.spend(STEPS * entries.length + Math.ceil((ways[0] as Way).length / LISTS_PER_STEP));
    yield entries.map(([, rest]) => namesIn(rest)[1]);
    const last = entries.at(-1);
    if (entries.length < part || last === undefined) return;
    below = last[1];
  }
}
