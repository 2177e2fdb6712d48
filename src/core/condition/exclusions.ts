import { and, isIn, not, type Condition } from './condition.js';
import { conditionSize } from './size.js';

/** Bytes of a part beyond its own, in a list of parts. */
const FRAME = 48;
/** Exclusions that do not fit after which the search ends. */
const MOST_MISSES = 16;

/** The condition as alternatives, one by one; a choice is taken apart value by value. */
function* eachAlternative(condition: Condition): IterableIterator<Condition> {
  switch (condition.op) {
    case 'or':
      for (const one of condition.of) yield* eachAlternative(one);
      return;
    case 'cases':
      for (const { value, when } of condition.cases)
        for (const one of eachAlternative(when)) yield and(isIn(condition.field, [value]), one);
      return;
    case 'and': {
      const choice = condition.of.find(({ op }) => op === 'or' || op === 'cases');
      if (choice === undefined) {
        yield condition;
        return;
      }
      const others = condition.of.filter((part) => part !== choice);
      for (const one of eachAlternative(choice)) yield and(...others, one);
      return;
    }
    default:
      yield condition;
  }
}

/** The first exclusions that fit into so many bytes; the search ends after a few that do not fit. */
export function firstExclusions(excluded: Condition, most: number): Condition[] {
  const found: Condition[] = [];
  let [room, misses] = [most, 0];
  for (const one of eachAlternative(excluded)) {
    const part = not(one);
    const bytes = conditionSize(part) + FRAME;
    if (bytes > room && ++misses > MOST_MISSES) break;
    if (bytes > room) continue;
    room -= bytes;
    found.push(part);
  }
  return found;
}
