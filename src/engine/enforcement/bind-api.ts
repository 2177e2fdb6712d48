import { looksLikeUser, toPrincipal, type UserInfo } from '../../core/principal.js';
import type { GuardApi } from '../contract/types.js';
import { mapApi, WITH_OPTIONS, type Member } from './api-members.js';
import { arrangeAssign, arrangeStart } from './user-place.js';

/**
 * The API with the user filled in, copied at this moment. A call may omit the user but may not name another one, in
 * any of the positions that upstream documents.
 * @throws AccessDenied `unauthenticated` if it is not a valid user
 */
export function bindApi(api: GuardApi, user: UserInfo): GuardApi {
  const mine = toPrincipal(user);

  function refuseOther(given: UserInfo): void {
    const { userName, tenantId } = toPrincipal(given);
    if (userName !== mine.userName || (tenantId !== undefined && tenantId !== mine.tenantId))
      throw new TypeError('This API is bound to another user.');
  }

  /** The arguments after the user. The user itself is dropped if it is the bound one. */
  function behindUser(
    [given, ...rest]: readonly unknown[],
    hasOptions: boolean,
    nameIsUser: boolean,
  ): readonly unknown[] {
    if (looksLikeUser(given)) {
      refuseOther(given);
      // Upstream's options contain a userName too.
      if (hasOptions && ('noWait' in given || 'startNodeId' in given)) return [given, ...rest];
    } else if (given !== undefined && given !== null) {
      if (!hasOptions || (nameIsUser && typeof given === 'string'))
        throw new TypeError('A user is a SecureUser or an object with a userName.');
      return [given, ...rest];
    }
    return rest;
  }

  function bound(group: string, name: string, at: number, call: Member): Member {
    const hasOptions = WITH_OPTIONS[group]?.includes(name) === true;
    return (...args) => {
      const before = Array.from({ length: at }, (_, index) => args[index]);
      let behind = args.slice(at);
      if (name === 'start') {
        const arranged = arrangeStart(args[2], args[3], args[4]);
        behind = [arranged.user, arranged.options];
      } else if (group === 'engine' && name === 'assign') {
        const arranged = arrangeAssign(args[2], args[3]);
        before[2] = arranged.assignment;
        behind = [arranged.user, args[4]];
      }
      // Of the options, only those of upstream's commands and lists may be a text.
      return call(...before, mine, ...behindUser(behind, hasOptions, group === 'model'));
    };
  }

  return mapApi(api, (member, name, group, at) => bound(group, name, at, member));
}
