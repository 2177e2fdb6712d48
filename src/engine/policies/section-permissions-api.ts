import { BadInput, Conflict, notFound } from '../../core/errors.js';
import { ROOT, type SectionPermission } from '../../core/policies/sections/permissions.js';
import {
  readPermissions,
  readPlace,
  rootEntries,
  type SectionModel,
  type SectionPlace,
} from '../../core/policies/sections/section-entries.js';
import { readHolder } from '../../core/policies/security-role-entries.js';
import type { Holder } from '../../core/policies/security-roles.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import type { PolicyChangeOptions } from '../contract/policy-types.js';
import type { SectionGrants, SectionPermissionsApi } from '../contract/section-types.js';
import type { Call } from '../enforcement/call.js';
import { atOnce } from '../contract/arguments.js';
import type { InForce } from '../policy-book/policy-book.js';
import type { PolicyCommands } from './policy-commands.js';
import {
  grantIn,
  grantsOn,
  inheriting,
  modelIn,
  refOf,
  sectionIn,
  withGrant,
  withModel,
  withSection,
} from './section-changes.js';
import type { SectionChange, SectionSight } from './section-sight.js';
import { assertUnrestricted } from './unrestricted.js';

const HOLDER = 'The holder of section permissions';
const CHANGE = 'change the permissions of sections';
const READ = 'read the permissions of sections';

type Change = (
  user: unknown,
  options: PolicyChangeOptions | undefined,
  make: (change: SectionChange) => PolicyChange[] | Promise<PolicyChange[]>,
) => Promise<{ version: number }>;

/** The place as it is in the entries of the caller's tenant; a caller names models of its own. */
export function placeOf(call: Call, on: SectionPlace): SectionPlace {
  return 'section' in on ? on : refOf(call.principal, on.model);
}

/** @throws AccessDenied `not-found` */
export async function assertThere(
  { calls }: PolicyCommands,
  call: Call,
  now: InForce,
  on: SectionPlace,
): Promise<void> {
  if ('section' in on) {
    if (sectionIn(now.set, on.section) === undefined) throw notFound('section');
  } else if ((await calls.store.models.get(on.model, call.principal.owner ?? null)) === undefined)
    throw notFound('model');
}

function inheritChange(set: PolicySet, on: SectionPlace, inherit: boolean): PolicyChange {
  if (!('section' in on)) return withModel(inheriting<SectionModel>(modelIn(set, on) ?? on, inherit));
  if (on.section === ROOT) throw new Conflict('wrong-state', 'ROOT has no section to inherit from.');
  const section = sectionIn(set, on.section);
  if (section === undefined) throw notFound('section');
  return withSection(on.section, inheriting(section, inherit));
}

/** Reads and changes the permissions on sections and models. */
export function sectionPermissionsApi(
  change: Change,
  commands: PolicyCommands,
  sightOf: (call: Call, now: InForce) => SectionSight,
): SectionPermissionsApi {
  const read = (on: unknown, to: unknown, permissions: unknown) =>
    atOnce((): [SectionPlace, Holder, readonly SectionPermission[]] => [
      readPlace(on),
      readHolder(to, HOLDER),
      readPermissions(permissions),
    ]);
  return Object.freeze({
    list: (on, user) => {
      const given = atOnce(() => readPlace(on));
      return commands.run(user, async (call, now): Promise<SectionGrants> => {
        sightOf(call, now).assertAdministrator(READ);
        assertUnrestricted(call);
        const place = placeOf(call, given());
        await assertThere(commands, call, now, place);
        const own = 'section' in place ? sectionIn(now.set, place.section) : modelIn(now.set, place);
        const permissions = grantsOn(now.set, place).map(([, grant]) => {
          const to: Holder = 'user' in grant ? { user: grant.user } : { group: grant.group };
          return { ...to, permissions: grant.permissions };
        });
        return { inherit: own?.inherit !== false, permissions };
      });
    },
    give: (on, to, permissions, options, user) => {
      const given = read(on, to, permissions);
      return change(user, options, async ({ call, now, sight }) => {
        sight.assertAdministrator(CHANGE);
        const [named, holder, names] = given();
        const place = placeOf(call, named);
        // Of sections, the check of the changes names the nearest.
        if (!('section' in place)) await assertThere(commands, call, now, place);
        const root = now.sections.exist ? [] : rootEntries();
        const ofRoot = root.find(({ id }) => id === withGrant(place, holder, names).id)?.value as
          { permissions: readonly SectionPermission[] } | undefined;
        const before = grantIn(now.set, place, holder)?.permissions ?? ofRoot?.permissions ?? [];
        return [...root, withGrant(place, holder, [...before, ...names])];
      });
    },
    withdraw: (on, from, permissions, options, user) => {
      const given = read(on, from, permissions);
      return change(user, options, ({ call, now, sight }) => {
        sight.assertAdministrator(CHANGE);
        const [named, holder, names] = given();
        const place = placeOf(call, named);
        const before = grantIn(now.set, place, holder)?.permissions ?? [];
        if (!names.every((name) => before.includes(name))) throw notFound('section permission');
        return [
          withGrant(
            place,
            holder,
            before.filter((name) => !names.includes(name)),
          ),
        ];
      });
    },
    inherit: (on, inherit, options, user) => {
      const given = atOnce(() => {
        if (typeof inherit !== 'boolean') throw new BadInput('bad-request', 'inherit must be true or false.');
        return readPlace(on);
      });
      return change(user, options, async ({ call, now, sight }) => {
        sight.assertAdministrator(CHANGE);
        const place = placeOf(call, given());
        if (!now.sections.exist) throw notFound('section');
        await assertThere(commands, call, now, place);
        return [inheritChange(now.set, place, inherit)];
      });
    },
  } satisfies SectionPermissionsApi);
}
