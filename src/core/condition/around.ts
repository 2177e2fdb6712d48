import { ByLists } from '../by-objects.js';
import { byCases } from './cases.js';
import { and, or, type Condition } from './condition.js';
import { conditionSize } from './size.js';
import type { InSteps } from '../in-steps.js';
import { conjuncts, namedBy } from './named.js';
import {
  boxesOf,
  boxesWithin,
  boxWithin,
  mergedBoxes,
  oneOf,
  product,
  widened,
  type Box,
} from './widened.js';

const MODEL = 'instance.name';

/** The models that an alternative names, and boxes around the rest of it. */
interface Named {
  readonly names: readonly string[];
  readonly boxes: readonly Box[];
}

function named(alternative: Condition): Named | undefined {
  const parts = conjuncts(alternative);
  const at = parts.findIndex((part) => namedBy(part, MODEL) !== undefined);
  if (at < 0) return undefined;
  const rest = parts.length === 2 ? (parts[1 - at] as Condition) : and(...parts.filter((_, i) => i !== at));
  return { names: [...new Set(namedBy(parts[at] as Condition, MODEL))], boxes: boxesOf(rest) };
}

/** Smallest bytes of a model in a choice between models. */
const LEAST_OF_MODEL = 64;

/** What may hold of each model, roughly; undefined if that is too much for a query. */
function choiceOf(models: ReadonlyMap<string, readonly Box[]>, most: number): Condition | undefined {
  if (models.size * LEAST_OF_MODEL > most) return undefined;
  const choice = byCases(
    MODEL,
    [...models].map(([name, boxes]) => [name, or(...boxes.map((box) => boxWithin(box, most)))] as const),
  );
  return conditionSize(choice, most) <= most ? choice : undefined;
}

/** What is around conditions; kept as long as they live. */
export class Surroundings {
  private readonly known = new WeakMap<Condition, Named | 'nothing'>();

  private readonly sizes = new WeakMap<Condition, number>();

  private readonly merged = new ByLists<readonly Box[]>();

  /** Prepares a condition, which must not change any more. */
  prepare(condition: Condition): void {
    this.of(condition);
    this.sizeOf(condition);
  }

  /** {@link conditionSize} */
  readonly sizeOf = (condition: Condition): number => {
    let size = this.sizes.get(condition);
    if (size === undefined) this.sizes.set(condition, (size = conditionSize(condition)));
    return size;
  };

  /** The models that a condition names, which must not change any more; undefined: it may be about any. */
  namesOf(condition: Condition): readonly string[] | undefined {
    return this.of(condition)?.names;
  }

  private of(alternative: Condition): Named | undefined {
    let found = this.known.get(alternative);
    if (found === undefined) this.known.set(alternative, (found = named(alternative) ?? 'nothing'));
    return found === 'nothing' ? undefined : found;
  }

  /** Holds wherever one of the alternatives holds, and has at most so many bytes; made in steps. */
  *around(alternatives: readonly Condition[], most: number): InSteps<Condition> {
    const models = new Map<string, Named[]>();
    const others: Condition[] = [];
    for (const alternative of alternatives) {
      const found = this.of(alternative);
      if (found === undefined) others.push(alternative);
      else
        for (const name of found.names) {
          const known = models.get(name);
          if (known === undefined) models.set(name, [found]);
          else known.push(found);
        }
      yield;
    }
    const half = most / 2;
    const merged = new Map<string, readonly Box[]>();
    for (const [name, of] of models) {
      const together = (): Box[] => mergedBoxes(of.flatMap(({ boxes }) => boxes));
      merged.set(name, this.merged.of(of, together));
      yield;
    }
    const ofOthers = widened(or(...others), half);
    yield;
    const choice = choiceOf(merged, half);
    if (choice !== undefined) return or(ofOthers, choice);
    const all: Box[] = [];
    for (const [name, boxes] of merged) {
      all.push(...product([oneOf(MODEL, [name])], boxes));
      yield;
    }
    return or(ofOthers, boxesWithin(mergedBoxes(all), half));
  }
}
