/** Values by short lists: each object leads to the place of the list that ends with it. */
interface ByObjects<T> {
  readonly longer: WeakMap<object, ByObjects<T>>;
  value?: T;
}

const byObjects = <T>(): ByObjects<T> => ({ longer: new WeakMap() });

function placeOf<T>(root: ByObjects<T>, objects: readonly object[]): ByObjects<T> {
  let place = root;
  for (const object of objects) {
    let next = place.longer.get(object);
    if (next === undefined) place.longer.set(object, (next = byObjects()));
    place = next;
  }
  return place;
}

/** A list longer than this would need so many weak maps that collecting garbage takes longer than what they save. */
const LONG = 64;
/** Long lists with the same first object that are kept. */
const MOST = 4;

/**
 * A cache of values by lists of objects, which are compared by identity. A value is kept as long as its objects live;
 * for long lists, a few values are kept as long as the first object lives.
 */
export class ByLists<T extends object> {
  private readonly short = byObjects<T>();
  private readonly long = new WeakMap<object, { readonly objects: readonly object[]; readonly value: T }[]>();

  of(objects: readonly object[], make: () => T): T {
    if (objects.length > LONG) return this.ofLong(objects, make);
    const place = placeOf(this.short, objects);
    return (place.value ??= make());
  }

  private ofLong(objects: readonly object[], make: () => T): T {
    const first = objects[0] as object;
    const known = this.long.get(first) ?? [];
    const found = known.find((one) => areSame(one.objects, objects));
    if (found !== undefined) return found.value;
    const value = make();
    this.long.set(first, [{ objects: [...objects], value }, ...known.slice(0, MOST - 1)]);
    return value;
  }
}

const areSame = (a: readonly object[], b: readonly object[]): boolean =>
  a.length === b.length && a.every((one, at) => one === b[at]);
