/** Values kept for lists of objects, told apart by identity, as long as those objects live. */
export interface ByObjects<T> {
  readonly longer: WeakMap<object, ByObjects<T>>;
  value?: T;
}

export const byObjects = <T>(): ByObjects<T> => ({ longer: new WeakMap() });

/** A loop: a list of ten thousand rules is deeper than the stack. */
export function placeOf<T>(root: ByObjects<T>, objects: readonly object[]): ByObjects<T> {
  let place = root;
  for (const object of objects) {
    let next = place.longer.get(object);
    if (next === undefined) place.longer.set(object, (next = byObjects()));
    place = next;
  }
  return place;
}
