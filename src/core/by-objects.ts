/** Values cached by a list of objects, compared by identity, as long as the objects live. */
export interface ByObjects<T> {
  readonly longer: WeakMap<object, ByObjects<T>>;
  value?: T;
}

export const byObjects = <T>(): ByObjects<T> => ({ longer: new WeakMap() });

/** A loop, because a list of ten thousand rules would exceed the stack. */
export function placeOf<T>(root: ByObjects<T>, objects: readonly object[]): ByObjects<T> {
  let place = root;
  for (const object of objects) {
    let next = place.longer.get(object);
    if (next === undefined) place.longer.set(object, (next = byObjects()));
    place = next;
  }
  return place;
}
