import { BadInput, isGuardError } from '../core/errors.js';
import { assertOptions, FUNCTION, LOGGER, oneOf, type OptionsOf } from '../core/options.js';
import type { GuardLogger } from '../engine/contract/types.js';
import { sendText } from './answer.js';
import type { ErrorMiddleware, HttpRequest, HttpResponse, Next } from './http.js';
import { matcher, pathOf } from './match.js';
import {
  DEFAULT_DIALECT,
  DIALECTS,
  logFailure,
  prepareRefusal,
  refusalOf,
  sendError,
  titleOf,
  type Dialect,
  type Refusal,
} from './problem.js';
import { dialectAt } from './router.js';
import { ROUTES } from './routes/index.js';

/** What a page that tells of a refusal may say. */
export interface Told extends Refusal {
  /** What the code means, in a sentence. */
  readonly title: string;
}

/** How the error handler answers. */
export interface ErrorHandlerOptions {
  /** As of the router that it stands behind: how refusals of its routes are told. */
  readonly dialect?: Dialect;
  /** Told of failures that the answer says nothing of; default: that of the guard. */
  readonly logger?: GuardLogger;
  /**
   * Answers a browser that asked for a page: with a page of the application, or by going on to its login. The status
   * and the headers that belong to it are set; what this throws or rejects with goes to `next`. Missing: a plain
   * page. A method, so that it may take the request and the answer as Express has them.
   */
  render?(told: Told, req: HttpRequest, res: HttpResponse, next: Next): unknown;
}

/** The options of `errorHandler`. */
export const ERROR_HANDLER_OPTIONS = {
  dialect: oneOf(...DIALECTS),
  logger: LOGGER,
  render: FUNCTION,
} satisfies OptionsOf<ErrorHandlerOptions>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);

const pageOf = ({ title, detail, status }: Told): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(detail)}</p><p>${status}</p></main></body>
</html>
`;

/** Browsers name HTML when they ask for a page; programs, and scripts of a page, ask for JSON or for anything. */
function wantsPage({ method, headers: { accept = '' } }: HttpRequest): boolean {
  const types = accept.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase());
  const [html, json] = [types.indexOf('text/html'), types.indexOf('application/json')];
  return method !== 'OPTIONS' && html >= 0 && (json < 0 || html < json);
}

/**
 * Answers refusals and failures of the guard, whoever made the call: a program as problem details, a browser that
 * asked for a page with a page. Errors that are not the guard's go on to `next` as they are, but for those of the
 * router's own routes. Mounted behind the routes, where the router is mounted.
 * @throws BadInput `bad-configuration`
 */
export function createErrorHandler(options: ErrorHandlerOptions = {}): ErrorMiddleware {
  const refuse = (message: string): BadInput => new BadInput('bad-configuration', message);
  assertOptions('errorHandler', options, ERROR_HANDLER_OPTIONS, refuse);
  const { render, dialect = DEFAULT_DIALECT, logger } = options;
  const match = matcher(ROUTES);

  function sendPage(req: HttpRequest, res: HttpResponse, error: unknown, next: Next): void {
    const refusal = refusalOf(error, logger !== undefined);
    logFailure(refusal, error, logger);
    if (res.headersSent) return next(error);
    prepareRefusal(req, res, refusal);
    const told: Told = { ...refusal, title: titleOf(refusal.code) };
    if (render === undefined)
      return sendText(req, res, told.status, pageOf(told), 'text/html; charset=utf-8');
    res.statusCode = told.status;
    Promise.resolve()
      .then(() => render(told, req, res, next))
      .catch(next);
  }

  // Express tells error handlers by their four parameters.
  return function guardErrors(error, req, res, next) {
    const place = match(pathOf(req.url));
    if (place === undefined && !isGuardError(error)) return next(error);
    if (place === undefined && wantsPage(req)) return sendPage(req, res, error, next);
    sendError(req, res, error, dialectAt(place, dialect), logger);
  };
}
