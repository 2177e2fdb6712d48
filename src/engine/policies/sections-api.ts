import { Conflict, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import { policyName } from '../../core/policies/entries.js';
import { ROOT } from '../../core/policies/sections/permissions.js';
import {
  madeBy,
  rootEntries,
  SECTION,
  type Section,
  type SectionModel,
} from '../../core/policies/sections/section-entries.js';
import { readChanges } from '../../core/policy-set/kinds.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { isPlainObject, show } from '../../core/value.js';
import type { PolicyChangeOptions } from '../contract/policy-types.js';
import type { SectionsApi, SectionTree } from '../contract/section-types.js';
import type { Call } from '../enforcement/call.js';
import { mayReadModel } from '../enforcement/model-access.js';
import { atOnce, copyOf } from '../contract/arguments.js';
import { effectiveOf } from './effective-permissions.js';
import type { InForce } from '../policy-book/policy-book.js';
import type { PolicyCommands } from './policy-commands.js';
import {
  isEmpty,
  modelIn,
  placedIn,
  refOf,
  sectionIn,
  withModel,
  withNewModel,
  withoutSection,
  withParent,
  withSection,
} from './section-changes.js';
import { sectionPermissionsApi } from './section-permissions-api.js';
import { needsPermission, SectionSight, type SectionChange } from './section-sight.js';
import { sectionTree } from './section-tree.js';
import { assertUnrestricted, CHANGES } from './unrestricted.js';

const idOf = (given: unknown): string => policyName(given, 'A section');

/** @throws AccessDenied `not-found`; Conflict `wrong-state` for ROOT */
function changeable({ now, sight }: SectionChange, id: string, verb: string): Section {
  if (id === ROOT && sight.administrator) throw new Conflict('wrong-state', `ROOT cannot be ${verb}.`);
  if (id === ROOT) throw notFound('section');
  sight.assertHolds(id, 'write');
  const section = sectionIn(now.set, id);
  if (section === undefined) throw notFound('section');
  return section;
}

/** Reads and changes the sections of the caller's tenant. */
export function sectionsApi(commands: PolicyCommands): SectionsApi {
  const { calls } = commands;
  const sightOf = (call: Call, now: InForce): SectionSight =>
    new SectionSight(now.sections, call.principal, commands.isAdministrator(call));
  const change = (
    user: unknown,
    options: PolicyChangeOptions | undefined,
    make: (change: SectionChange) => PolicyChange[] | Promise<PolicyChange[]>,
  ): Promise<{ version: number }> => {
    const how = copyOf(options);
    const makeAt = (asker: Call, now: InForce): PolicyChange[] | Promise<PolicyChange[]> => {
      assertUnrestricted(asker, CHANGES);
      return make({ call: asker, now, sight: sightOf(asker, now) });
    };
    // A request of an administrator may depend on a change that is still waiting.
    const may = (asker: Call, now: InForce): unknown => commands.isAdministrator(asker) || makeAt(asker, now);
    return commands.inTurn(user, may, async (call, now) => {
      const made = (asker: Call): PolicyChange[] | Promise<PolicyChange[]> => makeAt(asker, now);
      const changes = await made(call);
      // Where it matters whether a model exists, that was looked up.
      const options = how === undefined || isPlainObject(how) ? { ...how, allowUnknownModels: true } : how;
      return commands.change(call, now, changes, options, made);
    });
  };
  const tree = (user: unknown, pick: (whole: SectionTree) => SectionTree): Promise<SectionTree> =>
    commands.run(user, async (call, now) =>
      pick(await sectionTree(calls, call, now, sightOf(call, now).administrator)),
    );

  return Object.freeze({
    tree: (user) => tree(user, (whole) => whole),
    list: (section, user) => {
      const given = atOnce(() => (section === undefined || section === null ? undefined : idOf(section)));
      return tree(user, ({ sections, models }) => {
        const id = given();
        if (id !== undefined && !sections.some((one) => one.id === id)) throw notFound('section');
        // Administrators see ROOT, in which models without a section are; for others those are at the top.
        const top = sections.some((one) => one.id === ROOT) ? ROOT : undefined;
        return {
          sections: sections.filter(({ parent }) => parent === id),
          models: models.filter(({ section: at }) => (at ?? top) === id),
        };
      });
    },
    create: (id, section = {}, options, user) => {
      const given = atOnce(() => readChanges([{ kind: SECTION, id, value: section }])[0] as PolicyChange);
      return change(user, options, ({ call, now: { set, sections }, sight }) => {
        const made = given();
        const authored = { ...made, value: madeBy(made.value as Section, commands.authorOf(call)) };
        const { parent = ROOT, inherit } = made.value as Section;
        if (!sections.exist || made.id === ROOT) sight.assertAdministrator('create the first section');
        else sight.assertCreatesIn(parent);
        if (inherit === false) sight.assertAdministrator('switch inheritance off');
        if (sectionIn(set, made.id) !== undefined)
          throw new Conflict('conflict', `A section ${show(made.id)} already exists.`);
        const root = sections.exist ? [] : rootEntries();
        return made.id === ROOT ? root : [...root, authored];
      });
    },
    rename: (id, name, options, user) => {
      const given = atOnce(() => [idOf(id), policyName(name, 'A section')] as const);
      return change(user, options, (asked) => {
        const [at, called] = given();
        return [withSection(at, { ...changeable(asked, at, 'renamed'), name: called })];
      });
    },
    move: (id, parent, options, user) => {
      const given = atOnce(() => [idOf(id), idOf(parent)] as const);
      return change(user, options, (asked) => {
        const [at, to] = given();
        const section = changeable(asked, at, 'moved');
        asked.sight.assertCreatesIn(to);
        if (section.inherit !== false) asked.sight.assertGivesNothing(asked.now.set, { section: at }, to);
        return [withSection(at, withParent(section, to))];
      });
    },
    delete: (id, options, user) => {
      const given = atOnce(() => idOf(id));
      return change(user, options, (asked) => {
        const at = given();
        const { set } = asked.now;
        changeable(asked, at, 'deleted');
        if (!isEmpty(set, at))
          throw new Conflict('wrong-state', 'The section is not empty; move or delete what is in it.');
        return withoutSection(set, at);
      });
    },
    place: (model, section, options, user) => {
      const given = atOnce(() => [checkModelName(model), idOf(section)] as const);
      return change(user, options, async ({ call, now, sight }) => {
        const [name, to] = given();
        const stored = await calls.store.models.get(name, call.principal.owner ?? null);
        const ref = refOf(call.principal, name);
        const known = modelIn(now.set, ref);
        if (stored === undefined || !(await mayReadModel(calls, call, stored))) throw notFound('model');
        if (!now.sections.exist) throw notFound('section');
        if (!sight.holds(ref, 'write')) throw needsPermission('write');
        sight.assertHolds(to, 'bpmn-section-create-process-def');
        if (known?.inherit !== false || known.gone === true) sight.assertGivesNothing(now.set, ref, to);
        const by = commands.authorOf(call);
        return known?.gone === true
          ? withNewModel(now.set, ref, to, by)
          : [withModel(placedIn(known ?? madeBy<SectionModel>(ref, by), to))];
      });
    },
    permissions: sectionPermissionsApi(change, commands, sightOf),
    effective: (of, on, user) => effectiveOf(commands, sightOf, of, on, user),
  } satisfies SectionsApi);
}
