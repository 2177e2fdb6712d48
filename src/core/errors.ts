/**
 * Every refusal and failure that the guard raises, as one closed table of codes.
 * `status` is the HTTP status that the code answers with; `meaning` is what the docs print.
 */
export const ERROR_CODES = {
  'bad-request': {
    status: 400,
    meaning: 'An argument has the wrong shape; the message names what was expected.',
  },
  'bad-query': {
    status: 400,
    meaning: 'A query holds an operator, field or shape that is not admitted; the message names it.',
  },
  'too-expensive': {
    status: 400,
    meaning: 'A query takes more work than one query may; ask for less, or more precisely.',
  },
  'hidden-field': {
    status: 400,
    meaning: 'A list cannot be sorted by a field that not all of its rows show to the caller.',
  },
  'bad-data': {
    status: 400,
    meaning:
      'Input data is not a plain object, or holds a key such as __proto__, _bsontype, or $ref with $id.',
  },
  'bad-option': { status: 400, meaning: 'A command option that is not on the list of admitted options.' },
  'bad-assignment': { status: 400, meaning: 'An assignment sets a key or a value that may not be assigned.' },
  'bad-condition': {
    status: 400,
    meaning: 'A rule condition is not valid; the message names the node that was met.',
  },
  'bad-model': { status: 400, meaning: 'A model name or source is not valid.' },
  'protected-variable': {
    status: 400,
    meaning: 'Input would overwrite the variable that holds the initiator.',
  },
  'bad-configuration': {
    status: 400,
    meaning: 'The guard was created with options that do not fit together; it does not start.',
  },
  'bad-environment': {
    status: 400,
    meaning:
      'An environment variable has a value that is not understood, or in production an API key that is easily guessed; the guard does not start.',
  },
  'unsupported-host': { status: 400, meaning: 'The installed bpmn-server is outside the supported range.' },
  'unknown-operation': { status: 400, meaning: 'An operation that the catalogue does not list.' },
  unauthenticated: { status: 401, meaning: 'Nobody is calling, or who calls could not be established.' },
  forbidden: { status: 403, meaning: 'The resource may be seen, the operation is not allowed.' },
  'not-found': { status: 404, meaning: 'Not there, or not yours to know.' },
  'method-not-allowed': {
    status: 405,
    meaning: 'The path is known, but not with this HTTP method; the header Allow lists those it takes.',
  },
  'wrong-host': {
    status: 421,
    meaning: 'The request is for a host name under which the application does not answer.',
  },
  ambiguous: { status: 409, meaning: 'The query found more than one resource; a command needs exactly one.' },
  conflict: { status: 409, meaning: 'Somebody else was faster, or the resource changed meanwhile.' },
  'wrong-state': {
    status: 409,
    meaning: 'The task or instance is not in a state that admits the operation.',
  },
  'instance-full': {
    status: 409,
    meaning:
      'The instance has grown as large as one may be, by what its model does; nothing was stored of what would make it larger.',
  },
  busy: { status: 409, meaning: 'The instance stayed locked by others for longer than the wait allows.' },
  'too-large': { status: 413, meaning: 'Input is larger than the limit.' },
  'too-many-items': {
    status: 413,
    meaning: 'A loop over a collection from data would have more passes than the limit; nothing was stored.',
  },
  'too-many': { status: 429, meaning: 'Too many requests.' },
  failed: {
    status: 500,
    meaning:
      'Something threw: a script or a service of a model, or a model that it calls is missing, and then nothing of the command was stored; or the application itself.',
  },
  'too-many-steps': {
    status: 500,
    meaning:
      'The model took more steps in one command than the limit, as in a loop without a wait; nothing was stored.',
  },
  'timed-out': {
    status: 504,
    meaning:
      'A script or service of the model took longer than the limit of a command; nothing of it was or will be stored.',
  },
  'could-not-tell': {
    status: 503,
    meaning:
      'Whether it is allowed could not be told: a policy failed, or what it asks about was not there. The log says why.',
  },
  'store-unavailable': {
    status: 503,
    meaning: 'The store did not answer; whether the operation is allowed could not be told.',
  },
  'store-damaged': {
    status: 503,
    meaning:
      'The folder of the embedded store does not hold what was written to it; nothing is read from or written to what is damaged.',
  },
  'store-in-use': { status: 503, meaning: 'Another process has opened the embedded store.' },
  'not-ready': {
    status: 503,
    meaning: 'The guard of this server is not made yet, or could not be made; nothing of the server answers.',
  },
  closed: { status: 503, meaning: 'The guard was closed.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** A stable error code; see {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * Base of all errors of the guard. `code` is stable and meant for programs, `message` is safe to show to the caller.
 * `cause`, where present, is for logs only.
 */
export class GuardError extends Error {
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.status = ERROR_CODES[code].status;
  }
}

/** "No": the question was answered, and the answer is a refusal (401, 403, 404). */
export class AccessDenied extends GuardError {}

/** "Could not tell": no answer was reached (503). Never to be taken for a yes. */
export class CouldNotTell extends GuardError {}

/** The caller's input is malformed (400, 413), or not meant for this application (405, 421). */
export class BadInput extends GuardError {}

/** The resource is in another state than the operation needs (409). */
export class Conflict extends GuardError {}

/** What is said of a resource that is absent or hidden: always the same words, so that the two cannot be told apart. */
export function notFound(kind: string): AccessDenied {
  return new AccessDenied('not-found', `No such ${kind}, or it is not yours to see.`);
}

/**
 * True for errors of this package, across copies of it (CommonJS beside ES modules).
 * @example
 * if (isGuardError(error) && error.status === 503) retryLater();
 */
export function isGuardError(error: unknown): error is GuardError {
  return (
    error instanceof Error &&
    typeof (error as { code?: unknown }).code === 'string' &&
    Object.hasOwn(ERROR_CODES, (error as unknown as { code: string }).code)
  );
}
