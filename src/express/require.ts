import { AccessDenied, notFound } from '../core/errors.js';
import { isOperation, OPERATIONS, unknownOperation, type Operation } from '../core/operation.js';
import { assertOptions, FUNCTION, type OptionsOf } from '../core/options.js';
import type { Resource } from '../core/resource.js';
import { asRight, type Right } from '../core/rights.js';
import { type HttpRequest, type HttpResponse, identityOf, localsOf, type Middleware } from './http.js';

/** Options of {@link requirePrivilege}. */
export interface RequirePrivilegeOptions {
  /**
   * Finds the resource of a request; undefined answers 404. Missing: the decision is whether a resource could exist
   * on which the principal may perform the operation, as `model:write` is for designers and administrators.
   */
  readonly resource?: (
    req: HttpRequest,
    res: HttpResponse,
  ) => Resource | undefined | Promise<Resource | undefined>;
}

/** Option table of {@link requirePrivilege}. */
export const REQUIRE_OPTIONS = { resource: FUNCTION } satisfies OptionsOf<RequirePrivilegeOptions>;

const nobody = (): AccessDenied =>
  new AccessDenied(
    'unauthenticated',
    'No caller was authenticated: mount the middleware authenticate first.',
  );

/**
 * Creates middleware that passes requests whose principal may perform the operation; must come after
 * `authenticate`. Refusals go to `next`: 401, 403, or 404 for a resource that the principal may not read.
 * @throws TypeError for an operation that is not in the catalogue; BadInput `bad-configuration` for an invalid option
 * @example
 * app.post('/models', guard.requirePrivilege('model:write'), saveModel);
 */
export function requirePrivilege(operation: Operation, options: RequirePrivilegeOptions = {}): Middleware {
  if (!isOperation(operation)) throw new TypeError(unknownOperation(operation));
  assertOptions('requirePrivilege', options, REQUIRE_OPTIONS);
  const { resource } = options;

  async function assert(req: HttpRequest, res: HttpResponse): Promise<void> {
    const [identity, { principal }] = [identityOf(res), localsOf(res)];
    if (identity === undefined || principal === undefined) throw nobody();
    const found = await resource?.(req, res);
    if (resource !== undefined && (found === undefined || found === null))
      throw notFound(OPERATIONS[operation].kind);
    await identity.require(principal, operation, found);
  }

  return function assertPrivilege(req, res, next) {
    assert(req, res).then(() => next(), next);
  };
}

/**
 * Creates middleware that passes requests whose principal holds the right: by a security role, by
 * `attributes.rights`, as a member of SYSTEM, or as one of ADMIN unless the right is internal. Must come after
 * `authenticate`; refusals go to `next`: 401 or 403.
 * @throws TypeError for a right that is not in the catalogue
 * @example
 * app.get('/documents', guard.requireRight('Document:Read'), listDocuments);
 */
export function requireRight(right: Right): Middleware {
  const needed = asRight(right);

  async function assert(res: HttpResponse): Promise<void> {
    const [identity, { principal }] = [identityOf(res), localsOf(res)];
    if (identity === undefined || principal === undefined) throw nobody();
    await identity.requireRight(principal, needed);
  }

  return function assertRight(_req, res, next) {
    assert(res).then(() => next(), next);
  };
}
