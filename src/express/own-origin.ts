import { AccessDenied } from '../core/errors.js';
import { assertOptions, checkedLater, FUNCTION, type OptionsOf } from '../core/options.js';
import type { HttpRequest, Middleware } from './http.js';
import { mediaType } from './body.js';

/** Options of `requireOwnOrigin`. */
export interface OwnOriginOptions {
  /**
   * Origins of the application's own pages, such as `https://app.example.com`, beside the one that the request itself
   * is for. Needed where a proxy in front changes the header `Host`.
   */
  readonly origins?: readonly string[];
  /**
   * Asked where no header says which page a change comes from: whether something else proves that it is a page of
   * this application, such as a token in the form. Missing: a header is needed that no form can send.
   */
  readonly otherwise?: (req: HttpRequest) => boolean;
}

/** The options of `requireOwnOrigin`. */
export const OWN_ORIGIN_OPTIONS = {
  origins: checkedLater('a list of origins, such as "https://app.example.com"'),
  otherwise: FUNCTION,
} satisfies OptionsOf<OwnOriginOptions>;

const READS = ['GET', 'HEAD', 'OPTIONS'];
/** What a form, or a script of another origin that asks nobody, can send as the type of a body; and no type at all. */
const SIMPLE_TYPES = ['', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'];

const ELSEWHERE = 'Calls from pages of another origin need a key or a token of their own.';
const UNKNOWN =
  'Nothing says which page this change comes from: send JSON, or the header X-Requested-With, which no form can send.';

function parsed(origin: string): URL | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** @throws TypeError for what is not a list of origins */
export function checkOrigins(origins: unknown): readonly string[] {
  const isOrigin = (entry: unknown): boolean => typeof entry === 'string' && parsed(entry)?.origin === entry;
  if (Array.isArray(origins) && origins.every(isOrigin)) return origins as string[];
  throw new TypeError('origins takes a list of origins, such as "https://app.example.com".');
}

function isOwn(req: HttpRequest, given: string, origins: readonly string[]): boolean {
  const url = parsed(given);
  if (url === undefined) return false;
  if (origins.includes(url.origin)) return true;
  const { encrypted } = req.socket as { encrypted?: boolean };
  const isSecure = encrypted === true || (req as { secure?: boolean }).secure === true;
  if (isSecure && url.protocol !== 'https:') return false;
  // The URL leaves out the port where it is the usual one of the protocol; so both sides do.
  return parsed(`${url.protocol}//${req.headers.host ?? ''}`)?.host === url.host;
}

/** Where a change comes from, as far as its headers say. */
function sourceOf(req: HttpRequest, origins: readonly string[]): 'own' | 'foreign' | 'unknown' {
  const { 'sec-fetch-site': site, origin, referer } = req.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  const said = origin ?? referer;
  if (said === undefined) return 'unknown';
  return isOwn(req, said, origins) ? 'own' : 'foreign';
}

/** A browser asks before it sends one of these for a page of another origin, and forms cannot send them at all. */
function hasHeaderOfScripts(req: HttpRequest): boolean {
  return req.headers['x-requested-with'] !== undefined || !SIMPLE_TYPES.includes(mediaType(req));
}

/** True when the request shows a credential that no browser adds by itself, as it does cookies and passwords. */
function hasCredentialOfItsOwn(req: HttpRequest): boolean {
  const { 'x-api-key': key, authorization } = req.headers;
  return key !== undefined || (authorization !== undefined && /^bearer /i.test(authorization));
}

/**
 * Refuses a change that a page of another origin could have made with what the browser of its visitor sends by
 * itself. `Sec-Fetch-Site` decides; where it is missing (plain HTTP, older browsers) `Origin`, then `Referer`.
 * Without any of them the request needs a header that no form can send, whatever the type of its body.
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
 * Middleware that refuses changes (all methods but GET, HEAD and OPTIONS) from pages of another origin.
 * `authenticate` does this itself for sessions; this is for routes that are not behind it, such as a login.
 * @throws TypeError when an option is not as described
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
