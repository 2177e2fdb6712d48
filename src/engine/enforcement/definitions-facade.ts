import { BadInput, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { DefinitionView, GuardApi, GuardedDefinitions, ModelView, Query } from '../contract/types.js';
import { definitionView } from '../model/definition-view.js';
import type { Calls } from './calls.js';
import type { CommandParts } from './command-parts.js';
import { complete, install, NOTHING, type Members } from './facade-parts.js';
import { strictly, takesAtMost } from './strict-arguments.js';

type Owner = string | null;
type Given = { name: string; source: string; svg?: string; owner?: unknown };
type GivenInstance = { id?: unknown; name: string; source?: unknown };

/**
 * Upstream takes the owner of a model as the last argument. Here a model is its tenant's: that one may be named, and
 * no other.
 * @throws BadInput `bad-request`
 */
async function checkOwner(calls: Calls, owner: unknown): Promise<void> {
  if (owner === undefined || owner === null) return;
  await calls.run(undefined, 'model:read', { kind: 'model' }, async ({ principal }) => {
    if (owner !== principal.owner)
      throw new BadInput(
        'bad-request',
        'The owner of a model is the tenant of the caller: leave it out, or call as a user of that tenant.',
      );
  });
}

export function definitionsFacade(
  { calls, models }: CommandParts,
  { model, data }: GuardApi,
): Readonly<Members> {
  const owned =
    <A extends unknown[], R>(name: string, most: number, member: (...args: A) => Promise<R>) =>
    (...args: [...A, owner?: Owner]): Promise<R> => {
      const work = async (...all: unknown[]): Promise<R> => {
        await checkOwner(calls, all[most]);
        return member(...(all.slice(0, most) as A));
      };
      return takesAtMost(most + 1, `server.definitions.${name}`, work)(...args);
    };

  const one = async (name: string): Promise<ModelView> =>
    (await model.get({ name: checkModelName(name) }))[0] ?? Promise.reject(notFound('model'));
  const saveAll = async (given: unknown): Promise<void> => {
    const all = [given].flat() as (Given | undefined)[];
    for (const entry of all) await checkOwner(calls, entry?.owner);
    for (const entry of all) await model.save(entry?.name as string, entry?.source as string, entry?.svg);
  };
  /** With the source of the instance, where the caller gives what is stored with it and may be read. */
  const ofInstance = async (instance?: GivenInstance): Promise<DefinitionView> => {
    if (typeof instance?.source !== 'string') return model.load(instance?.name as string);
    const { id } = instance;
    const [stored] = typeof id === 'string' ? await data.findInstances({ id }, undefined, 'full') : [];
    if (stored?.source !== instance.source || typeof stored.name !== 'string')
      throw new BadInput('bad-request', 'The source is not the one stored with this instance.');
    return definitionView(await models.definition(stored.name, stored.source));
  };

  const withOwner = {
    load: owned('load', 1, (name: string) => model.load(name)),
    loadFromInstance: owned('loadFromInstance', 1, ofInstance),
    loadModel: owned('loadModel', 1, one),
    getSource: owned('getSource', 1, (name: string) => model.getSource(name)),
    getSVG: owned('getSVG', 1, async (name: string) => (await one(name)).svg ?? null),
    findEvents: owned('findEvents', 1, (query?: Query) => model.findEvents(query)),
    save: owned('save', 3, async (name: string, source: string, svg?: string | null) => {
      await model.save(name, source, svg ?? undefined);
      return true;
    }),
    saveModel: owned('saveModel', 1, async (given: unknown) => (await saveAll(given), true)),
    import: owned('import', 1, saveAll),
    deleteModel: owned('deleteModel', 1, (name: string) => model.delete(name)),
    renameModel: owned('renameModel', 2, (name: string, newName: string) => model.rename(name, newName)),
    export: owned('export', 2, (name: string, folder: string) =>
      Promise.resolve(model.export({ name: checkModelName(name) }, folder)),
    ),
  };
  const others = strictly('server.definitions', {
    get: (query?: Query) => model.get(query),
    getList: (query?: Query) => model.list(query),
    install: () => install(calls),
  });
  return complete(calls, 'ModelsDatastore', {
    ...others,
    ...withOwner,
    dbConfiguration: NOTHING,
    db: complete(calls, 'MongoDB', {}),
  } satisfies GuardedDefinitions & Members);
}
