import { AccessDenied, BadInput } from '../core/errors.js';
import { assertOptions, count, FLAG, LOGGER, oneOf, type OptionsOf } from '../core/options.js';
import type { Guard, GuardLogger } from '../engine/contract/types.js';
import { Outgoing } from './outgoing.js';
import { sendJson, sendText } from './answer.js';
import { BODY_LIMIT, hasBody, jsonBody, mediaType, readBytes } from './body.js';
import { documentPages } from './docs-page.js';
import { localsOf, type HttpRequest, type HttpResponse, type Middleware } from './http.js';
import { etagOf, versionIn } from './if-match.js';
import { checkUser, formUser, readInput } from './input.js';
import { allowed, matcher, pathInputs, pathOf, type Place } from './match.js';
import { parseMultipart, type Part } from './multipart.js';
import { DEFAULT_DIALECT, DIALECTS, sendError, type Dialect } from './problem.js';
import { protectApplicationOf } from './protect.js';
import { readinessOf } from './readiness.js';
import { ROUTES } from './routes/index.js';
import type { Call, Method, Route } from './routes/route.js';

/** Options of {@link Guard.router}. */
export interface RouterOptions {
  /** How refusals are reported; default `bpmn-client`. */
  readonly dialect?: Dialect;
  /** Maximum size of a body in bytes, files included; default 1 MB (1,048,576). */
  readonly limit?: number;
  /** Serves `/openapi.json` and the page `/docs`; default true. */
  readonly docs?: boolean;
  /** Receives failures that the answer withholds; default: the guard's logger. */
  readonly logger?: GuardLogger;
}

/** Option table of the router. */
export const ROUTER_OPTIONS = {
  dialect: oneOf(...DIALECTS),
  limit: count('bytes'),
  docs: FLAG,
  logger: LOGGER,
} satisfies OptionsOf<RouterOptions>;

/** The dialect of a path: our own routes always use real statuses. */
export function dialectAt(place: Place | undefined, dialect: Dialect): Dialect {
  const [first] = place?.routes.values() ?? [];
  return first?.face === 'bpmn-client' ? dialect : 'http';
}

/** The parts of a form with files. */
async function formParts(req: HttpRequest, limit: number): Promise<Part[]> {
  if (!hasBody(req) || mediaType(req) !== 'multipart/form-data')
    throw new BadInput('bad-request', 'A model must be sent as a form with files (multipart/form-data).');
  return parseMultipart(await readBytes(req, limit), req.headers['content-type'] ?? '');
}

/** The values that all calls of a router share. */
interface Common extends Pick<Call, 'guard' | 'readiness'> {
  readonly outgoing: Outgoing;
}

/** The call of the authenticated principal. Checked before the body is read. */
function callOf(common: Common, route: Route, res: HttpResponse): Call {
  const { guard: api, principal } = localsOf(res);
  if (route.operation !== 'public' && (api === undefined || principal === undefined))
    throw new AccessDenied('unauthenticated', 'This needs a key, a token or a session.');
  return { ...common, api: api as Call['api'], principal: principal as Call['principal'], parts: [] };
}

const changesVersion = ({ takes }: Route): boolean => Object.hasOwn(takes, 'expectedVersion');

async function answer(
  common: Common,
  route: Route,
  place: Place,
  req: HttpRequest,
  res: HttpResponse,
  limit: number,
): Promise<void> {
  const call = callOf(common, route, res);
  const parts = route.upload ? await formParts(req, limit) : [];
  const body = route.upload ? undefined : await jsonBody(req, limit);
  if (route.operation !== 'public') checkUser(route.upload ? formUser(parts) : body, call.principal);
  const headers = changesVersion(route) ? { expectedVersion: versionIn(req.headers['if-match']) } : {};
  const input = readInput(route, { path: pathInputs(place), url: req.url ?? '', body, parts, headers });
  const result = await route.run({ ...call, parts }, input);
  const { version } = (route.versioned === true ? result : {}) as { version?: unknown };
  if (typeof version === 'number') res.setHeader('ETag', etagOf(version));
  const status = route.status?.(result) ?? 200;
  if (route.type === undefined) sendJson(req, res, status, result, undefined, common.outgoing);
  else sendText(req, res, status, String(result), route.type, {}, common.outgoing);
}

/**
 * Creates the routes of bpmn-web that bpmn-client calls, and our own. Each is enforced for the principal found by
 * `authenticate`. Unknown paths go to `next`.
 * @throws BadInput `bad-configuration`
 */
export function createRouter(guard: Guard, options: RouterOptions = {}): Middleware {
  assertOptions('router', options, ROUTER_OPTIONS);
  const { dialect = DEFAULT_DIALECT, limit = BODY_LIMIT, docs = true, logger } = options;
  const common: Common = { guard, readiness: readinessOf(guard), outgoing: new Outgoing() };
  const match = matcher(ROUTES);
  const pages = docs ? documentPages(ROUTES) : undefined;

  return function guardRouter(req, res, next) {
    protectApplicationOf(req);
    const path = pathOf(req.url);
    if (pages?.(req, res, path) === true) return;
    const place = match(path);
    if (place === undefined) return next();
    localsOf(res).guardRoute = place.path;
    const method = req.method === 'HEAD' ? 'GET' : req.method;
    if (method === 'OPTIONS') {
      res.setHeader('Allow', allowed(place));
      res.statusCode = 204;
      res.end();
      return;
    }
    const route = place.routes.get(method as Method);
    if (route === undefined) {
      res.setHeader('Allow', allowed(place));
      sendError(req, res, new BadInput('method-not-allowed', `This path accepts ${allowed(place)}.`), 'http');
      return;
    }
    answer(common, route, place, req, res, limit).catch((error: unknown) =>
      sendError(req, res, error, dialectAt(place, dialect), logger),
    );
  };
}
