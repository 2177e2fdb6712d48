/**
 * A fact that finds stored instances, without its tenant. Marks describe the instance, never permissions: a
 * change of rules does not change them, and lists also evaluate the exact condition. `u:` and `g:`: a user or group
 * that it names (assignee, candidates, starter, completer, lender, holder of a label or a case role). `o:`: one of its
 * tasks is open to everybody. `s:`: its starter or a holder of a label, in the list of waiting items. `f:`: the
 * instance at the top of the calls that led to it. `m:`: its model. `e:`: an element of its model. `d:`: a value of its
 * data, and `p:`: at how many paths its data is marked. `t:`: only the tenant.
 */
export type Mark = StatedMark | `${'d' | 'p'}:${string}`;

/** A mark that a rule may name to find its instances. Marks of data follow from conditions only. */
export type StatedMark = `${'u' | 'g' | 's' | 'f' | 'm' | 'e'}:${string}` | 'o:' | 't:';

/** The version of the lists of marks. Instances with another version are found by the exact condition only. */
export const MARKS_FORMAT = 4;

/** A longer list of marks is replaced by coarser ones before a search. */
const MOST_MARKS = 1_500;
/** So is one with more characters, including the tenant in front of each. */
const MOST_CHARACTERS = 64 * 1024;

export const OPEN_MARK: StatedMark = 'o:';
export const TENANT_MARK: StatedMark = 't:';

/** An unescaped `\` or sign inside a name would end it early. */
const escaped = (text: string, sign: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll(sign, `\\${sign}`);

/** The mark as stored: prefixed by the tenant, so that users of the same name in two tenants never collide. */
export const inTenant = (tenantId: string | undefined, mark: Mark): string =>
  `${escaped(tenantId ?? '', '|')}|${mark}`;

export const elementMark = (model: string, element: string): StatedMark =>
  `e:${escaped(model, '/')}/${element}`;

const MODEL_OF_ELEMENT = /^e:((?:[^\\/]|\\.)*)\//s;

/** A mark that every instance with this one also has: the model for an element, otherwise the tenant. */
function coarser(mark: Mark): Mark {
  const model = MODEL_OF_ELEMENT.exec(mark)?.[1];
  return model === undefined ? TENANT_MARK : `m:${model.replace(/\\(.)/gs, '$1')}`;
}

/** How many instances have a mark of a kind, from few to all. */
const RANKS = { u: 0, g: 0, s: 0, f: 0, e: 1, o: 2, d: 2, p: 2, m: 3, t: 4 } as const;
const rankOf = (mark: Mark): number => RANKS[mark[0] as keyof typeof RANKS];

/** The list of marks that probably matches the fewest instances; no list is the worst. */
export function fewest(lists: readonly (readonly Mark[] | undefined)[]): readonly Mark[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  const worst = (list: readonly Mark[]): number =>
    list.reduce((rank, mark) => Math.max(rank, rankOf(mark)), 0);
  return known
    .map((list) => ({ list, rank: worst(list) }))
    .reduce<{ list: readonly Mark[]; rank: number } | undefined>(
      (best, one) =>
        best === undefined ||
        one.rank < best.rank ||
        (one.rank === best.rank && one.list.length < best.list.length)
          ? one
          : best,
      undefined,
    )?.list;
}

/** True if the marks say no more than the tenant. */
export const isOnlyTenant = (marks: readonly Mark[] | undefined): boolean =>
  marks === undefined || marks.includes(TENANT_MARK);

/**
 * Reduces the marks to a searchable number and size, never narrowing the search: elements become models, all others
 * the tenant.
 * @param inFront the number of characters that are stored in front of each
 */
export function limited(marks: readonly Mark[], inFront = 0): readonly Mark[] {
  const fits = (some: readonly Mark[]): boolean =>
    some.length <= MOST_MARKS &&
    some.reduce((sum, mark) => sum + inFront + mark.length, 0) <= MOST_CHARACTERS;
  if (marks.includes(TENANT_MARK)) return [TENANT_MARK];
  if (fits(marks)) return marks;
  const models = [...new Set(marks.map((mark) => (mark.startsWith('e:') ? coarser(mark) : mark)))];
  return fits(models) ? models : [TENANT_MARK];
}
