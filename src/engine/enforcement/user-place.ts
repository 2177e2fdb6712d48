import { isPlainObject } from '../../core/value.js';
import { looksLikeUser, SecureUser, type UserInfo } from '../../core/principal.js';
import { bpmn } from '../model/host.js';

/** Whether it is a SecureUser, of this package or bpmn-server; a request body or an object made of it never is. */
function isMadeUser(value: unknown): value is UserInfo {
  return SecureUser.made(value) || (value instanceof bpmn.SecureUser && looksLikeUser(value));
}

/**
 * Finds the user among the arguments of `start`: upstream's documents put it third or, after an empty object,
 * fourth. In the fourth place only a SecureUser counts, because options often come from a request and must not name
 * a user.
 */
export function arrangeStart(
  third: unknown,
  fourth: unknown,
  fifth: unknown,
): { user: unknown; options: unknown } {
  const nothing = third === null || (isPlainObject(third) && Object.keys(third).length === 0);
  return nothing && isMadeUser(fourth) ? { user: fourth, options: fifth } : { user: third, options: fourth };
}

/** The same for `assign`: (query, data, assignment, user), or in the client's order (query, data, user, assignment). */
export function arrangeAssign(third: unknown, fourth: unknown): { user: unknown; assignment: unknown } {
  return isMadeUser(third) ? { user: third, assignment: fourth } : { user: fourth, assignment: third };
}
