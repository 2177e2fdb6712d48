import { isError, propertyOf } from './thrown.js';

/**
 * Every refusal and failure that the guard raises, as a closed table of codes. `status` is the HTTP status of the
 * code; `meaning` is printed in the docs.
 */
export const ERROR_CODES = {
  'bad-request': {
    status: 400,
    meaning: 'An argument has the wrong shape; the message names what was expected.',
  },
  'bad-query': {
    status: 400,
    meaning: 'A query contains an operator, field or shape that is not allowed; the message names it.',
  },
  'too-expensive': {
    status: 400,
    meaning: 'A query takes more work than allowed; ask for less, or more precisely.',
  },
  'hidden-field': {
    status: 400,
    meaning: 'A list cannot be sorted by a field that some of its rows hide from the caller.',
  },
  'bad-data': {
    status: 400,
    meaning:
      'Input data is not a plain object, or contains a key such as __proto__, _bsontype, or $ref with $id.',
  },
  'bad-option': { status: 400, meaning: 'A command option that is not allowed.' },
  'bad-assignment': { status: 400, meaning: 'An assignment sets a key or a value that cannot be assigned.' },
  'bad-condition': {
    status: 400,
    meaning: 'A rule condition is not valid; the message names the node.',
  },
  'bad-policy': {
    status: 400,
    meaning:
      'Policy data is not valid: nothing of the change was stored. The message names what was' +
      ' met, and the nearest known name.',
  },
  'bad-model': { status: 400, meaning: 'A model name or source is not valid.' },
  'protected-variable': {
    status: 400,
    meaning: 'Input would overwrite the variable that holds the initiator.',
  },
  'bad-configuration': {
    status: 400,
    meaning: 'The options of the guard are invalid or do not fit together; it does not start.',
  },
  'bad-environment': {
    status: 400,
    meaning:
      'An environment variable has an invalid value, or in production an API key that is easily' +
      ' guessed; the guard does not start.',
  },
  'unsupported-host': { status: 400, meaning: 'The installed bpmn-server is outside the supported range.' },
  'unknown-operation': { status: 400, meaning: 'An operation that is not in the catalogue.' },
  unauthenticated: { status: 401, meaning: 'No caller, or the caller could not be authenticated.' },
  forbidden: { status: 403, meaning: 'The caller may see the resource but may not perform the operation.' },
  'not-found': { status: 404, meaning: 'The resource does not exist, or the caller may not know of it.' },
  'method-not-allowed': {
    status: 405,
    meaning: 'The path does not support this HTTP method; the header Allow lists those it supports.',
  },
  'wrong-host': {
    status: 421,
    meaning: 'The application does not answer under the requested host name.',
  },
  ambiguous: {
    status: 409,
    meaning: 'The query matched more than one resource; a command needs exactly one.',
  },
  conflict: { status: 409, meaning: 'Someone else was faster, or the resource has changed in the meantime.' },
  'wrong-state': {
    status: 409,
    meaning: 'The state of the task or instance does not allow the operation.',
  },
  'managed-by-file': {
    status: 409,
    meaning: 'The policy comes from a file and is changed only there; the message names the file.',
  },
  'instance-full': {
    status: 409,
    meaning:
      'The instance has reached its maximum size through its model; the change that would exceed it was not stored.',
  },
  busy: {
    status: 409,
    meaning: 'The instance, the users or the policies were in use by others for longer than the wait limit.',
  },
  'too-large': { status: 413, meaning: 'Input is larger than the limit.' },
  'too-many-items': {
    status: 413,
    meaning: 'A loop over a collection from data would exceed the limit of passes; nothing was stored.',
  },
  'too-many': { status: 429, meaning: 'Too many requests.' },
  failed: {
    status: 500,
    meaning:
      'An error in a script or service of a model, a missing model that it calls (nothing of' +
      ' the command was stored), or an error in the application.',
  },
  'too-many-steps': {
    status: 500,
    meaning:
      'The model took more steps in one command than the limit, as in a loop without a wait; nothing was stored.',
  },
  'timed-out': {
    status: 504,
    meaning:
      'A script or service of the model exceeded the time limit of a command; nothing of it was or will be stored.',
  },
  'could-not-tell': {
    status: 503,
    meaning:
      'Could not tell whether the operation is allowed: a policy failed, or a resource it' +
      ' refers to was missing. The log has the reason.',
  },
  'store-unavailable': {
    status: 503,
    meaning: 'The store did not answer; could not tell whether the operation is allowed.',
  },
  'store-damaged': {
    status: 503,
    meaning:
      'The folder of the embedded store does not contain what was written to it; damaged files' +
      ' are neither read nor written.',
  },
  'store-in-use': {
    status: 503,
    meaning: 'Another process has opened the embedded store, or uses a store that is to be moved.',
  },
  'store-incomplete': {
    status: 503,
    meaning: 'A move or restore into the store is not complete; until then nobody can open it.',
  },
  'not-ready': {
    status: 503,
    meaning:
      'The guard of this server is not created yet, or its creation failed; until then the server answers no call.',
  },
  closed: { status: 503, meaning: 'The guard was closed.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** A stable error code; see {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes with one of these statuses. */
type CodeOf<Status extends number> = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]['status'] extends Status ? Code : never;
}[ErrorCode];

/** Marks errors of all copies of this package: an application's own errors may have the same codes. */
const BRAND = Symbol.for('bpmn-guard:error');

/**
 * Base class of all errors of the guard. `code` is stable and meant for programs; `message` is safe to show to the
 * caller. `cause`, if present, is for logs only.
 */
export class GuardError<Code extends ErrorCode = ErrorCode> extends Error {
  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }

  readonly code: Code;
  readonly status: (typeof ERROR_CODES)[Code]['status'];

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.status = ERROR_CODES[code].status;
  }
}

/** "No": the question was answered with a refusal (401, 403, 404). */
export class AccessDenied extends GuardError<CodeOf<401 | 403 | 404>> {}

/** "Could not tell": there is no answer (503). Must never be taken for a yes. */
export class CouldNotTell extends GuardError<CodeOf<503>> {}

/** The caller's input is malformed (400, 413), or not meant for this application (405, 421). */
export class BadInput extends GuardError<CodeOf<400 | 413 | 405 | 421>> {}

/** The resource is in another state than the operation needs (409). */
export class Conflict extends GuardError<CodeOf<409>> {}

/** The error for a resource that is missing or hidden. Both get the same words, so that they cannot be told apart. */
export function notFound(kind: string): AccessDenied {
  return new AccessDenied('not-found', `No such ${kind}, or it is not yours to see.`);
}

/**
 * True for errors of this package, across copies of it (CommonJS beside ES modules).
 * @example
 * if (isGuardError(error) && error.status === 503) retryLater();
 */
export function isGuardError(error: unknown): error is GuardError {
  if (!isError(error) || propertyOf(error, BRAND) !== true) return false;
  // A later version may have codes that this one does not know.
  const code = propertyOf(error, 'code');
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
