import { isGuardError } from '../core/errors.js';
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

/** The public facts about a refusal, for a page. */
export interface Told extends Refusal {
  /** The meaning of the code, as a sentence. */
  readonly title: string;
}

/** Options of {@link Guard.errorHandler}. */
export interface ErrorHandlerOptions {
  /** The dialect of the router in front of it: how refusals of its routes are reported. */
  readonly dialect?: Dialect;
  /** Receives failures that the answer withholds; default: the guard's logger. */
  readonly logger?: GuardLogger;
  /**
   * Answers a browser that requested a page, with a page of the application or a redirect to its login. Status and
   * headers are already set; an error or rejection goes to `next`. Missing: a plain page. A method, so that it
   * accepts Express's own types of request and response.
   */
  render?(told: Told, req: HttpRequest, res: HttpResponse, next: Next): unknown;
}

/** Option table of the error handler. */
export const ERROR_HANDLER_OPTIONS = {
  dialect: oneOf(...DIALECTS),
  logger: LOGGER,
  render: FUNCTION,
} satisfies OptionsOf<ErrorHandlerOptions>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);

const pageOf = ({ title, detail, status }: Told): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(detail)}</p><p>${status}</p></main></body>
</html>
`;

/** Browsers name HTML when they request a page; programs and scripts ask for JSON or anything. */
function wantsPage({ method, headers: { accept = '' } }: HttpRequest): boolean {
  const types = accept.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase());
  const [html, json] = [types.indexOf('text/html'), types.indexOf('application/json')];
  return method !== 'OPTIONS' && html >= 0 && (json < 0 || html < json);
}

/**
 * Creates a handler that answers the guard's refusals and failures, whoever made the call: problem details for
 * programs, a page for browsers that requested one. Errors that are not the guard's go to `next` unchanged, except
 * on the router's own routes. Mount it after the routes, where the router is mounted.
 * @throws BadInput `bad-configuration`
 */
export function createErrorHandler(options: ErrorHandlerOptions = {}): ErrorMiddleware {
  assertOptions('errorHandler', options, ERROR_HANDLER_OPTIONS);
  const { render, dialect = DEFAULT_DIALECT, logger } = options;
  const match = matcher(ROUTES);

  function sendPage(req: HttpRequest, res: HttpResponse, error: unknown, next: Next): void {
    const refusal = refusalOf(error, logger !== undefined);
    logFailure(refusal, error, logger);
    if (res.writableEnded) return;
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

  // Express recognises error handlers by their four parameters.
  return function guardErrors(error, req, res, next) {
    const place = match(pathOf(req.url));
    if (place === undefined && !isGuardError(error)) return next(error);
    if (place === undefined && wantsPage(req)) return sendPage(req, res, error, next);
    sendError(req, res, error, dialectAt(place, dialect), logger);
  };
}
