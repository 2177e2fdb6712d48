import { AccessDenied } from '../core/errors.js';
import { assertOptions, badConfiguration, checkedLater, FUNCTION, type OptionsOf } from '../core/options.js';
import type { HttpRequest, Middleware } from './http.js';
import { mediaType } from './body.js';

/** Options of {@link requireOwnOrigin}. */
export interface OwnOriginOptions {
  /**
   * Origins of the application's own pages, such as `https://app.example.com`, in addition to the request's own.
   * Needed if a proxy in front changes the header `Host`.
   */
  readonly origins?: readonly string[];
  /**
   * Called if no header says which page a change comes from: returns whether something else proves that it is a
   * page of this application, such as a token in the form. Missing: the request needs a header that no form can
   * send.
   */
  readonly otherwise?: (req: HttpRequest) => boolean;
}

/** Option table of {@link requireOwnOrigin}. */
export const OWN_ORIGIN_OPTIONS = {
  origins: checkedLater('a list of origins, such as "https://app.example.com"'),
  otherwise: FUNCTION,
} satisfies OptionsOf<OwnOriginOptions>;

const READS = ['GET', 'HEAD', 'OPTIONS'];
/** Content types that a form, or a script of another origin without preflight, can send; and none at all. */
const SIMPLE_TYPES = ['', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'];

const ELSEWHERE = 'Calls from pages of another origin need their own key or token.';
const UNKNOWN =
  'This change does not say which page it comes from: send JSON, or the header' +
  ' X-Requested-With, which no form can send.';

function parsed(origin: string): URL | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** @throws BadInput `bad-configuration` if it is not a list of origins */
export function checkOrigins(origins: unknown): readonly string[] {
  const isOrigin = (entry: unknown): boolean => typeof entry === 'string' && parsed(entry)?.origin === entry;
  if (Array.isArray(origins) && origins.every(isOrigin)) return origins as string[];
  throw badConfiguration('origins must be a list of origins, such as "https://app.example.com".');
}

function isOwn(req: HttpRequest, given: string, origins: readonly string[]): boolean {
  const url = parsed(given);
  if (url === undefined) return false;
  if (origins.includes(url.origin)) return true;
  const { encrypted } = req.socket as { encrypted?: boolean };
  const isSecure = encrypted === true || (req as { secure?: boolean }).secure === true;
  if (isSecure && url.protocol !== 'https:') return false;
  // The URL omits the default port of the protocol, on both sides.
  return parsed(`${url.protocol}//${req.headers.host ?? ''}`)?.host === url.host;
}

/** Where a change comes from, according to its headers. */
function sourceOf(req: HttpRequest, origins: readonly string[]): 'own' | 'foreign' | 'unknown' {
  const { 'sec-fetch-site': site, origin, referer } = req.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  const said = origin ?? referer;
  if (said === undefined) return 'unknown';
  return isOwn(req, said, origins) ? 'own' : 'foreign';
}

/** For another origin, a browser sends these headers only after a preflight, and forms never do. */
function hasHeaderOfScripts(req: HttpRequest): boolean {
  return req.headers['x-requested-with'] !== undefined || !SIMPLE_TYPES.includes(mediaType(req));
}

/** True if the request has a credential that no browser adds by itself, unlike cookies and passwords. */
function hasCredentialOfItsOwn(req: HttpRequest): boolean {
  const { 'x-api-key': key, authorization } = req.headers;
  return key !== undefined || (authorization !== undefined && /^bearer /i.test(authorization));
}

/**
 * Refuses a change that a page of another origin could have made with credentials that the visitor's browser sends
 * by itself. `Sec-Fetch-Site` decides; if it is missing (plain HTTP, older browsers), `Origin`, then `Referer`.
 * Without any of them, the request needs a header that no form can send, whatever its content type.
 * @throws AccessDenied `forbidden`
 */
export function assertOwnOrigin(req: HttpRequest, { origins = [], otherwise }: OwnOriginOptions = {}): void {
  if (READS.includes(req.method ?? '') || hasCredentialOfItsOwn(req)) return;
  const source = sourceOf(req, origins);
  if (source === 'foreign') throw new AccessDenied('forbidden', ELSEWHERE);
  if (source === 'unknown' && !(otherwise ?? hasHeaderOfScripts)(req))
    throw new AccessDenied('forbidden', UNKNOWN);
}

/**
 * Creates middleware that refuses changes (all methods except GET, HEAD and OPTIONS) from pages of another origin.
 * `authenticate` already does this for sessions; use it for routes without `authenticate`, such as a login.
 * @throws BadInput `bad-configuration` for an invalid option
 * @example
 * app.post('/login', requireOwnOrigin(), passport.authenticate('local'));
 */
export function requireOwnOrigin(options: OwnOriginOptions = {}): Middleware {
  assertOptions('requireOwnOrigin', options, OWN_ORIGIN_OPTIONS);
  const origins = checkOrigins(options.origins ?? []);
  return function ownOrigin(req, _res, next) {
    try {
      assertOwnOrigin(req, { ...options, origins });
    } catch (error) {
      return next(error);
    }
    next();
  };
}
