import { randomUUID } from 'node:crypto';
import { ERROR_CODES, isGuardError, type ErrorCode, type GuardError } from '../core/errors.js';
import { classOf, isError, messageOf, propertyOf, stackOf } from '../core/thrown.js';
import type { GuardLogger } from '../engine/contract/types.js';
import { challengeOf, type HttpRequest, type HttpResponse, localsOf } from './http.js';
import { sendJson } from './answer.js';

/**
 * How refusals and failures are reported. `bpmn-client`: as that client expects them, with status 200 and the
 * members `errors` and `error`, except for a missing or bad key. `http`: real statuses and problem details (RFC
 * 9457).
 */
export type Dialect = 'bpmn-client' | 'http';
export const DIALECTS: readonly Dialect[] = ['bpmn-client', 'http'];
export const DEFAULT_DIALECT: Dialect = 'bpmn-client';

/** The public facts about an error. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  /** After a conflict of versions: the newest one. */
  readonly version?: number;
  /** Identifies the occurrence in the log and in the answer, if the detail is withheld. */
  readonly id?: string;
}

/** Seconds after which a retry is worthwhile. */
const RETRY_AFTER = '5';
/** The challenge if `authenticate` has not set one. */
const CHALLENGE = 'ApiKey realm="api", header="x-api-key"';
const PROBLEM = 'application/problem+json; charset=utf-8';

/** Codes for the statuses of foreign errors; all other 4xx statuses become `bad-request`. */
const OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'too-large',
  429: 'too-many',
};

/**
 * Recognises errors of body parsers, routers and the application's own routes, as created by http-errors, that
 * blame the request.
 */
function ofFramework(error: unknown): ErrorCode | undefined {
  if (classOf(error) === 'URIError') return 'bad-request';
  const status = propertyOf(error, 'status');
  if (propertyOf(error, 'expose') !== true || typeof status !== 'number' || status < 400 || status > 499)
    return undefined;
  return OF_STATUS[status] ?? 'bad-request';
}

/** Foreign errors are reported as a generic 500, with an id that the log also has. */
export function refusalOf(error: unknown, isLogged: boolean): Refusal {
  if (isGuardError(error)) {
    const { code, message: detail, version } = error as GuardError & { readonly version?: unknown };
    const { status } = ERROR_CODES[code];
    return { code, status, detail, ...(typeof version === 'number' && { version }) };
  }
  const code = ofFramework(error);
  if (code !== undefined)
    return {
      code,
      status: ERROR_CODES[code].status,
      detail:
        code === 'bad-request' || code === 'too-large'
          ? 'The request could not be read.'
          : 'The application refused the request.',
    };
  const detail = 'The call failed; no further details are available.';
  return {
    code: 'failed',
    status: 500,
    ...(isLogged
      ? { detail: `${detail} The reason is in the log.`, id: `urn:uuid:${randomUUID()}` }
      : { detail }),
  };
}

/** The meaning of a code, as a sentence. */
export const titleOf = (code: ErrorCode): string => ERROR_CODES[code].meaning;

function problemOf({ code, status, detail, id, version }: Refusal): Record<string, unknown> {
  return {
    type: `urn:bpmn-guard:error:${code}`,
    title: titleOf(code),
    status,
    detail,
    code,
    ...(version === undefined ? {} : { version }),
    ...(id === undefined ? {} : { instance: id }),
  };
}

/** Sets the headers that belong to a status, and the facts for a request log. */
export function prepareRefusal(req: HttpRequest, res: HttpResponse, { status, code }: Refusal): void {
  localsOf(res).guardError = { status, code };
  if (status === 401 && !res.hasHeader('WWW-Authenticate'))
    res.setHeader('WWW-Authenticate', challengeOf(res) ?? CHALLENGE);
  if ((status === 503 || status === 429) && !res.hasHeader('Retry-After'))
    res.setHeader('Retry-After', RETRY_AFTER);
  // Does not wait for the rest of the body.
  if (!req.complete) res.setHeader('Connection', 'close');
}

/** Answers with problem details and the real status. */
function sendProblem(
  req: HttpRequest,
  res: HttpResponse,
  refusal: Refusal,
  more: Record<string, unknown> = {},
): void {
  prepareRefusal(req, res, refusal);
  sendJson(req, res, refusal.status, { ...problemOf(refusal), ...more }, PROBLEM);
}

const DEEPEST = 5;

/** The messages of an error's causes. For the log only. */
function causeOf(error: unknown): string | undefined {
  const said: string[] = [];
  let at = propertyOf(error, 'cause');
  for (; at !== undefined && at !== null && said.length < DEEPEST; at = propertyOf(at, 'cause'))
    said.push(isError(at) ? `${classOf(at)}: ${messageOf(at)}` : messageOf(at));
  return said.length === 0 ? undefined : said.join('; ');
}

/** Logs what the answer withholds. */
export function logFailure(
  { id, status, code, detail }: Refusal,
  error: unknown,
  logger?: GuardLogger,
): void {
  if (id !== undefined)
    logger?.error('request failed', {
      id,
      error: stackOf(error),
    });
  else if (status === 503)
    logger?.warn('request could not be answered', { code, detail, cause: causeOf(error) });
}

/**
 * Answers an error in the dialect. In the client's dialect a refusal has status 200, since bpmn-client drops the
 * reason otherwise; unauthenticated requests get 401.
 */
export function sendError(
  req: HttpRequest,
  res: HttpResponse,
  error: unknown,
  dialect: Dialect,
  logger?: GuardLogger,
): void {
  const refusal = refusalOf(error, logger !== undefined);
  const { id, status, code, detail } = refusal;
  localsOf(res).guardError = { status, code };
  logFailure(refusal, error, logger);
  // A complete answer is not cut off; half of one is.
  if (res.writableEnded) return;
  if (res.headersSent || res.destroyed) return void res.destroy();
  // Does not wait for the rest of the body.
  if (!req.complete) res.setHeader('Connection', 'close');
  if (dialect === 'http') return sendProblem(req, res, refusal);
  const told = { errors: detail, error: detail };
  if (status === 401 && localsOf(res).principal === undefined) return sendProblem(req, res, refusal, told);
  sendJson(req, res, 200, { ...told, code, status, ...(id === undefined ? {} : { instance: id }) });
}
