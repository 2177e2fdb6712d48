import { EVERYTHING, type Condition } from '../condition/condition.js';
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { own } from '../path.js';
import type { Resource } from '../resource.js';
import { OF_INSTANCE, OF_ITEM, Parted } from './parted.js';
import type { Predicates } from './predicates.js';
import type { Halves } from './unbound.js';

/** Models whose rules stay compiled; the one compiled longest ago is dropped first. */
const MOST = 1_000;
/** Elements of a model whose closures are kept; there may be more in the data than rules name. */
const MOST_ELEMENTS = 1_000;
/** Conditions about no model in particular, of which more would be compiled anew for each model. */
const MOST_OF_ANY_MODEL = 200;
/** Conditions about no element in particular, of which more would be compiled anew for each element. */
const MOST_OF_ANY_ELEMENT = 20;

const isPartedByModel = ({ unnamed }: Parted): boolean => unnamed <= MOST_OF_ANY_MODEL;

/** The conditions on instances, if {@link combinedByModel} compiles so many of them model by model. */
export function partedByModel(
  permits: readonly Condition[],
  restricts: readonly Condition[],
  predicates: Predicates,
): Pick<Parted, 'steps'> | undefined {
  const parted = new Parted(OF_INSTANCE, permits, restricts, predicates);
  return isPartedByModel(parted) ? parted : undefined;
}

/**
 * The rules about one model, compiled element by element: of many rules, hardly any are about the item at hand. What no
 * rule names shares one closure, so that an element that rules do not name takes hardly any memory.
 */
class OfModel {
  private readonly known = new Map<string, PrincipalPredicate>();
  private byElement: Parted | undefined;
  private compiled: PrincipalPredicate | undefined;
  private rest: PrincipalPredicate | undefined;

  constructor(
    private readonly permits: readonly Condition[],
    private readonly restricts: readonly Condition[],
    private readonly predicates: Predicates,
  ) {}

  /** Of an item, what its element leaves of the rules; else all of them. */
  readonly holds: PrincipalPredicate = (resource, principal) => {
    const element = own(own(resource, 'item'), 'elementId');
    const holds = typeof element === 'string' ? this.of(element) : this.whole;
    return holds(resource, principal);
  };

  private get whole(): PrincipalPredicate {
    return (this.compiled ??= this.predicates.combined(this.permits, this.restricts));
  }

  private of(element: string): PrincipalPredicate {
    const known = this.known.get(element);
    if (known !== undefined) return known;
    const made = this.made(element);
    if (this.known.size < MOST_ELEMENTS) this.known.set(element, made);
    return made;
  }

  private made(element: string): PrincipalPredicate {
    this.byElement ??= new Parted(OF_ITEM, this.permits, this.restricts, this.predicates);
    const { hasOneRest, unnamed, names } = this.byElement;
    if (!hasOneRest || unnamed > MOST_OF_ANY_ELEMENT) return this.whole;
    if (!names.has(element)) return (this.rest ??= this.byElement.combined(element));
    return this.byElement.combined(element);
  }
}

/** The rules compiled model by model, where the name of the model stands at one field. */
class OfField {
  private readonly known = new Map<string, OfModel>();
  private rest: OfModel | undefined;

  constructor(
    private readonly parted: Parted,
    private readonly predicates: Predicates,
  ) {}

  get isParted(): boolean {
    return isPartedByModel(this.parted);
  }

  of(name: string): PrincipalPredicate {
    const known = this.known.get(name);
    if (known !== undefined) return known.holds;
    if (this.parted.hasOneRest && !this.parted.names.has(name)) return (this.rest ??= this.made(name)).holds;
    const made = this.made(name);
    if (this.known.size >= MOST) this.known.delete(this.known.keys().next().value as string);
    this.known.set(name, made);
    return made.holds;
  }

  private made(name: string): OfModel {
    return new OfModel(...this.parted.leftFor(name), this.predicates);
  }
}

/**
 * Any of the first list holds, and all of the second, as {@link Predicates.combined}; of many rules, only those about
 * the model at hand are compiled when it is first asked about, so that no call waits for all of them. The conditions
 * must not change any more.
 */
export function combinedByModel(
  permits: readonly Condition[],
  restricts: readonly Condition[],
  predicates: Predicates,
): PrincipalPredicate {
  const fields = new Map<string, OfField>();
  let whole: PrincipalPredicate | undefined;
  const together = (): PrincipalPredicate => (whole ??= predicates.combined(permits, restricts));
  const of = (field: string, name: string): PrincipalPredicate => {
    let known = fields.get(field);
    if (known === undefined) {
      known = new OfField(new Parted(field, permits, restricts, predicates), predicates);
      fields.set(field, known);
    }
    return known.isParted ? known.of(name) : together();
  };
  return (resource: Resource, principal) => {
    // Own properties only: the names are decided here, and what is inherited decides nothing.
    const [instance, model] = [own(resource, 'instance'), own(resource, 'model')];
    const [field, name] =
      instance === undefined ? ['model.name', own(model, 'name')] : [OF_INSTANCE, own(instance, 'name')];
    const holds = typeof name === 'string' ? of(field, name) : together();
    return holds(resource, principal);
  };
}

const ANYTHING: readonly Condition[] = Object.freeze([EVERYTHING]);

/** Both halves, each as {@link combinedByModel}. */
export const halvesByModel = (
  permits: readonly Condition[],
  restricts: readonly Condition[],
  predicates: Predicates,
): Halves => ({
  permits: combinedByModel(permits, [], predicates),
  restricts: combinedByModel(ANYTHING, restricts, predicates),
});
