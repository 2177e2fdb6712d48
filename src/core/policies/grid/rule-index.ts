import { byCases } from '../../condition/cases.js';
import { and, eq, NOTHING, not, or, type Condition } from '../../condition/condition.js';
import { factored } from '../../condition/factor.js';

/** Where the object of a rule is found in the resource of an operation. */
export interface Place {
  /** The field of the name of the process. */
  readonly process: string;
  /** The field of the id of the task or event. */
  readonly element: string;
}
export const OF_ITEM: Place = Object.freeze({ process: 'instance.name', element: 'item.elementId' });
export const OF_START: Place = Object.freeze({ process: 'model.name', element: 'start.elementId' });

/** What is said of an object: of all processes, of one, or of an element of it. */
export interface Said {
  readonly process: string | undefined;
  readonly element: string | undefined;
  /** The rest of the condition. */
  readonly when: Condition;
}

/** The resource belongs to the object, and the rest holds. */
export const saidAt = (
  { process, element }: Pick<Said, 'process' | 'element'>,
  at: Place,
  ...rest: Condition[]
): Condition =>
  and(
    ...(process === undefined ? [] : [eq(at.process, process)]),
    ...(element === undefined ? [] : [eq(at.element, element)]),
    ...rest,
  );

/** What is said of one process. */
interface OfProcess<T> {
  readonly whole: T[];
  readonly byElement: Map<string, T[]>;
}

const anyOf = (said: readonly Said[]): Condition => {
  const [first, ...more] = said;
  return first !== undefined && more.length === 0 ? first.when : factored(said.map(({ when }) => when));
};

/** Statements by their objects. */
export class RuleIndex<T extends Said = Said> {
  /** Those about all processes. */
  readonly system: T[] = [];
  readonly processes = new Map<string, OfProcess<T>>();

  constructor(said: Iterable<T>) {
    for (const one of said) {
      if (one.process === undefined) {
        this.system.push(one);
        continue;
      }
      let of = this.processes.get(one.process);
      if (of === undefined) this.processes.set(one.process, (of = { whole: [], byElement: new Map() }));
      if (one.element === undefined) of.whole.push(one);
      else {
        const known = of.byElement.get(one.element);
        if (known === undefined) of.byElement.set(one.element, [one]);
        else known.push(one);
      }
    }
  }

  get isEmpty(): boolean {
    return this.system.length + this.processes.size === 0;
  }

  /** What is said of an element: of it, of its process, of all processes. */
  covering(process: string | undefined, element: string | undefined): readonly T[] {
    const of = process === undefined ? undefined : this.processes.get(process);
    return [
      ...this.system,
      ...(of?.whole ?? []),
      ...((element === undefined ? undefined : of?.byElement.get(element)) ?? []),
    ];
  }

  /** A statement about this element holds, which belongs to the object. */
  holdsAt({ process, element }: Pick<Said, 'process' | 'element'>, at: Place): Condition {
    if (process === undefined)
      return or(
        anyOf(this.system),
        byCases(
          at.process,
          [...this.processes].map(([name, of]) => [name, this.ofProcess(of, at)] as const),
        ),
      );
    if (element !== undefined) return anyOf(this.covering(process, element));
    const of = this.processes.get(process);
    return or(anyOf(this.system), of === undefined ? NOTHING : this.ofProcess(of, at));
  }

  private ofProcess({ whole, byElement }: OfProcess<T>, at: Place): Condition {
    const ofElements = [...byElement].map(([element, said]) => [element, anyOf(said)] as const);
    return or(anyOf(whole), byCases(at.element, ofElements));
  }

  /** Any of what {@link closed} tells, put together by objects. */
  anyClosed(allowers: RuleIndex, at: Place, applies: Condition): Condition {
    const denied = (object: Pick<Said, 'process' | 'element'>): Condition =>
      not(allowers.holdsAt(object, at));
    if (this.system.length > 0) return and(applies, denied({ process: undefined, element: undefined }));
    const ofProcess = ([process, { whole, byElement }]: [string, OfProcess<T>]): Condition =>
      whole.length > 0
        ? denied({ process, element: undefined })
        : byCases(
            at.element,
            [...byElement.keys()].map((element) => [element, denied({ process, element })] as const),
          );
    const cases = [...this.processes].map((one) => [one[0], ofProcess(one)] as const);
    return and(applies, byCases(at.process, cases));
  }

  /** The widest objects that have an entry: none lies within another. */
  *objects(): IterableIterator<Pick<Said, 'process' | 'element'>> {
    if (this.system.length > 0) {
      yield { process: undefined, element: undefined };
      return;
    }
    for (const [process, { whole, byElement }] of this.processes)
      if (whole.length > 0) yield { process, element: undefined };
      else for (const element of byElement.keys()) yield { process, element };
  }

  /**
   * For each object with rules here, what closes it: it applies to a resource, and no rule of `allowers` for the
   * object holds.
   */
  *closed(allowers: RuleIndex, at: Place, applies: Condition): IterableIterator<Said> {
    for (const object of this.objects()) {
      const when = and(applies, not(allowers.holdsAt(object, at)));
      yield { ...object, when: saidAt(object, at, when) };
    }
  }
}
