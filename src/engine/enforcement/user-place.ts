import { isPlainObject } from '../../core/plain-object.js';
import { looksLikeUser, SecureUser, type UserInfo } from '../../core/principal.js';
import { bpmn } from '../model/host.js';

/** A SecureUser, of this package or of bpmn-server: what neither a request body nor an object made of one can be. */
function isMadeUser(value: unknown): value is UserInfo {
  return SecureUser.made(value) || (value instanceof bpmn.SecureUser && looksLikeUser(value));
}

/**
 * Upstream's documents put the user of `start` third or, after an empty object, fourth; both are recognised. In the
 * later place only a SecureUser counts: options often come from a request, and must not name a user.
 */
export function arrangeStart(
  third: unknown,
  fourth: unknown,
  fifth: unknown,
): { user: unknown; options: unknown } {
  const nothing = third === null || (isPlainObject(third) && Object.keys(third).length === 0);
  return nothing && isMadeUser(fourth) ? { user: fourth, options: fifth } : { user: third, options: fourth };
}

/** The same for `assign`: (query, data, assignment, user), or the client's order (query, data, user, assignment). */
export function arrangeAssign(third: unknown, fourth: unknown): { user: unknown; assignment: unknown } {
  return isMadeUser(third) ? { user: third, assignment: fourth } : { user: fourth, assignment: third };
}
