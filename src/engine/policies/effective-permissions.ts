import { BadInput, isGuardError, notFound } from '../../core/errors.js';
import { readPlace } from '../../core/policies/sections/section-entries.js';
import { PERMISSION_NAMES } from '../../core/policies/sections/permissions.js';
import { SecureUser, type UserInfo } from '../../core/principal.js';
import { isPlainObject } from '../../core/value.js';
import type { EffectivePermissions } from '../contract/section-types.js';
import type { Call } from '../enforcement/call.js';
import { atOnce } from '../contract/arguments.js';
import type { InForce } from '../policy-book/policy-book.js';
import type { PolicyCommands } from './policy-commands.js';
import { assertThere, placeOf } from './section-permissions-api.js';
import type { SectionSight } from './section-sight.js';
import { assertUnrestricted } from './unrestricted.js';

/** The person asked about, as the caller names it. */
function readPerson(of: unknown): UserInfo | undefined {
  if (of === undefined || of === null) return undefined;
  if (SecureUser.made(of)) return of;
  if (!isPlainObject(of)) throw new BadInput('bad-request', 'A person is an object with a userName.');
  try {
    return new SecureUser(of as unknown as UserInfo);
  } catch (error) {
    throw new BadInput('bad-request', (error as Error).message, { cause: error });
  }
}

/** The person with its groups, in the caller's tenant. @throws AccessDenied `not-found` */
async function personOf({ calls }: PolicyCommands, { principal }: Call, info: UserInfo): Promise<SecureUser> {
  const { tenantId } = principal;
  const asked = new SecureUser({ userName: info.userName, userGroups: info.userGroups, tenantId });
  try {
    const found = await calls.principals.of(asked);
    if (found.tenantId === tenantId) return found;
  } catch (error) {
    if (!isGuardError(error) || error.status >= 500) throw error;
  }
  throw notFound('user');
}

/** The permissions of a person on a section or model, with the places from which they come. */
export function effectiveOf(
  commands: PolicyCommands,
  sightOf: (call: Call, now: InForce) => SectionSight,
  of: unknown,
  on: unknown,
  user: unknown,
): Promise<EffectivePermissions> {
  const given = atOnce(() => [readPerson(of), readPlace(on)] as const);
  return commands.run(user, async (call, now) => {
    const [info, named] = given();
    const sight = sightOf(call, now);
    const isOwn = info === undefined || info.userName === call.principal.userName;
    if (!isOwn) {
      sight.assertAdministrator('see the permissions of others');
      assertUnrestricted(call);
    }
    const place = placeOf(call, named);
    // A caller without any permission there learns no more of it than of one that does not exist.
    const visible = 'section' in place ? sight.knows(place.section) : sight.holds(place, ...PERMISSION_NAMES);
    if (!visible) throw notFound('section' in place ? 'section' : 'model');
    await assertThere(commands, call, now, place);
    const person = isOwn ? call.principal : await personOf(commands, call, info as UserInfo);
    const found = now.sections.effective(person, place);
    return { administrator: person.isAdmin(), permissions: Object.fromEntries(found) };
  });
}
