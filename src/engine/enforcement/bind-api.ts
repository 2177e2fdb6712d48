import { looksLikeUser, toPrincipal, type UserInfo } from '../../core/principal.js';
import type { GuardApi } from '../contract/types.js';
import { arrangeAssign, arrangeStart } from './user-place.js';

/** The number of arguments before the user, per member of the API. */
export const USER_AT = {
  engine: {
    start: 2,
    invoke: 2,
    assign: 3,
    throwMessage: 3,
    throwSignal: 3,
    startEvent: 3,
    restart: 2,
    upgrade: 2,
    get: 1,
  },
  data: { getPendingUserTasks: 1, findItems: 1, findItem: 1, findInstances: 1, deleteInstances: 1, find: 1 },
  model: {
    get: 1,
    list: 1,
    save: 3,
    check: 1,
    load: 1,
    getSource: 1,
    findEvents: 1,
    findStartEvents: 1,
    delete: 1,
    rename: 2,
    export: 2,
  },
  work: { list: 0, retry: 1, stop: 1 },
  tasks: { take: 1, release: 1, assign: 2, delegate: 2, resolve: 1, complete: 2, count: 1, candidates: 1 },
  policies: {
    version: 0,
    read: 1,
    history: 1,
    apply: 2,
    securityRoles: { list: 0, mine: 0, save: 3, remove: 2, give: 3, withdraw: 3 },
  },
} as const satisfies UserAt<GuardApi>;

/** A number for each function of a part of the API, and the same for the parts below it. */
type UserAt<Part> = {
  [Name in keyof Part]: Part[Name] extends (...args: never[]) => unknown ? number : UserAt<Part[Name]>;
};
interface Places {
  readonly [name: string]: number | Places;
}

/** Members that take upstream's options after the user. For all others, the user is the last argument. */
export const WITH_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  engine: ['start', 'invoke', 'assign', 'throwMessage', 'throwSignal', 'startEvent', 'restart'],
  data: ['findInstances'],
};

type Member = (...args: unknown[]) => unknown;

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
  function behindUser([given, ...rest]: readonly unknown[], hasOptions: boolean): readonly unknown[] {
    if (looksLikeUser(given)) {
      refuseOther(given);
      // Upstream's options contain a userName too.
      if (hasOptions && ('noWait' in given || 'startNodeId' in given)) return [given, ...rest];
    } else if (given !== undefined && given !== null) {
      if (!hasOptions) throw new TypeError('A user is a SecureUser or an object with a userName.');
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
      return call(...before, mine, ...behindUser(behind, hasOptions));
    };
  }

  const part = (group: string, places: Places, calls: Record<string, unknown>): object =>
    Object.freeze(
      Object.fromEntries(
        Object.entries(places).map(([name, at]) => [
          name,
          typeof at === 'number'
            ? bound(group, name, at, calls[name] as Member)
            : part(name, at, calls[name] as Record<string, unknown>),
        ]),
      ),
    );
  return part('', USER_AT, api as unknown as Record<string, unknown>) as GuardApi;
}
