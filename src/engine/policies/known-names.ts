import { unknownName } from '../../core/options.js';
import { namesIn } from '../../core/policy-set/kinds.js';
import { BUILT_IN_ROLES } from '../../core/policies/case-roles/operations.js';
import { BadEntry, type NamedElement } from '../../core/policies/entries.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { show } from '../../core/value.js';
import type { Store } from '../../store/port.js';
import type { Turns } from '../../store/turns.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import type { HostDefinition } from '../model/host.js';
import { assertCanStart } from './grid/start-rules.js';
import type { HostModels } from '../execution/host-models.js';

/** The elements of a model, by id, with their types. */
export type ElementTypes = ReadonlyMap<string, string>;

/** Reads what the stored models of one owner contain, each at most once. */
export class ModelNames {
  private readonly known = new Map<string, Promise<ElementTypes | undefined>>();

  constructor(
    private readonly store: Store,
    private readonly models: Pick<HostModels, 'definition'>,
    private readonly owner: string | null,
  ) {}

  /** The elements of a model; undefined if there is no such model. @throws BadInput `bad-model` */
  elements(model: string): Promise<ElementTypes | undefined> {
    let found = this.known.get(model);
    if (found === undefined) this.known.set(model, (found = this.read(model)));
    return found;
  }

  private async read(name: string): Promise<ElementTypes | undefined> {
    const definition = await this.definition(name);
    return definition && new Map([...definition.nodes].map(([id, { type }]) => [id, type]));
  }

  /** The definition of a model; undefined if there is no such model. @throws BadInput `bad-model` */
  async definition(name: string): Promise<HostDefinition | undefined> {
    const model = await this.store.models.get(name, this.owner);
    return model && this.models.definition(name, model.source ?? '');
  }

  /** The names of the models. */
  async all(): Promise<string[]> {
    const found = await this.store.models.find({ owner: this.owner }, { without: DOCUMENT_FIELDS });
    return found.map(({ name }) => name);
  }

  /** The roles that the models declare, and those that defaults name. */
  async caseRoles(): Promise<readonly string[]> {
    const models = await this.store.models.find(
      { owner: this.owner },
      { without: [...DOCUMENT_FIELDS, 'events'] },
    );
    const declared = models.flatMap(({ guard }) => (guard?.caseRoles ?? []) as { name: string }[]);
    return [...new Set([...BUILT_IN_ROLES, ...declared.map(({ name }) => name)])].sort();
  }
}

/** What is wrong with a name; undefined if it is known. */
async function unknownIn(
  names: ModelNames,
  { model, element, types }: NamedElement,
): Promise<string | undefined> {
  const elements = await names.elements(model);
  if (elements === undefined)
    return `There is no model ${show(model)}. ${unknownName(model, await names.all())}`;
  if (element === undefined) return undefined;
  const type = elements.get(element);
  if (type !== undefined && types?.includes(type) !== false) return undefined;
  const possible = [...elements].filter(([, other]) => types?.includes(other) !== false).map(([id]) => id);
  const what = type === undefined ? `has no ${show(element)}` : `has ${show(element)} as a ${type}`;
  return `The model ${show(model)} ${what}. ${unknownName(element, possible)}`;
}

/**
 * Refuses changes that name a model, or an element of one, that does not exist.
 * @throws BadInput `bad-policy`, naming it and the nearest known name
 */
async function assertKnownNames(
  names: ModelNames,
  changes: readonly PolicyChange[],
  turns: Turns,
): Promise<void> {
  for (const change of changes) {
    for (const named of namesIn(change)) {
      const unknown = await unknownIn(names, named);
      if (unknown !== undefined)
        throw new BadEntry(
          change.kind,
          change.id,
          `The ${change.kind} ${show(change.id)} is not valid. ${unknown}`,
        );
    }
    if (turns.isOver()) await turns.next();
  }
}

/**
 * Refuses changes that do not fit the stored models, wherever they come from.
 * @param allowUnknown names of models and elements that do not exist yet are admitted
 * @throws BadInput `bad-policy`, naming the entry
 */
export async function assertFitModels(
  names: ModelNames,
  changes: readonly PolicyChange[],
  allowUnknown: boolean,
  turns: Turns,
): Promise<void> {
  if (!allowUnknown) await assertKnownNames(names, changes, turns);
  await assertCanStart(names, changes, turns);
}
