/** Long work in steps, between which others can run; it ends with what it came to. */
export type InSteps<T> = Generator<void, T>;

/** Does all steps at once. */
export function atOnce<T>(work: InSteps<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Makes one of each, in steps. */
export function* mapInSteps<Given, Made>(
  list: Iterable<Given>,
  make: (one: Given, at: number) => Made,
): InSteps<Made[]> {
  const made: Made[] = [];
  for (const one of list) {
    made.push(make(one, made.length));
    yield;
  }
  return made;
}
