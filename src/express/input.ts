import { AccessDenied, BadInput } from '../core/errors.js';
import { nearest, unknownName } from '../core/options.js';
import type { SecureUser } from '../core/principal.js';
import { isPlainObject, show } from '../core/value.js';
import type { Part } from './multipart.js';
import { readClaim } from './on-behalf.js';
import { inPath, type Route } from './routes/route.js';

type Given = Readonly<Record<string, unknown>>;

/** Body fields that name the user on whose behalf a request is made. `authenticate` has already decided who may. */
const USER_KEYS = ['userId', 'userName', 'user'] as const;

const bad = (message: string): never => {
  throw new BadInput('bad-request', message);
};
const notKnown = (name: string, known: readonly string[]): never =>
  bad(
    `${show(name)} is not known here. ${known.length === 0 ? 'There are no inputs.' : unknownName(name, known)}`,
  );

/**
 * Ensures that a body which names a user is only carried out as that user.
 * @throws BadInput if it does not name a user; AccessDenied `forbidden` if it names another one
 */
export function checkUser(body: unknown, principal: SecureUser): void {
  const claim = readClaim(body);
  if (claim !== undefined && claim.userName !== principal.userName)
    throw new AccessDenied('forbidden', 'You may not call on behalf of another user.');
}

/** The fields of a JSON body without those that name the user. */
function bodyInputs(route: Route, body: unknown): Given {
  if (body === undefined || body === null || (Array.isArray(body) && body.length === 0)) return {};
  if (!isPlainObject(body)) return bad('The body must be an object.');
  const rest = Object.entries(body).filter(([key]) => !(USER_KEYS as readonly string[]).includes(key));
  const given = Object.fromEntries(rest);
  if (route.bodyIs === undefined || rest.some(([key]) => Object.hasOwn(route.takes, key))) return given;
  // Otherwise the reader of the input would be blamed for a misspelt input beside it.
  const inputs = Object.keys(route.takes).filter((name) => !inPath(route).includes(name));
  const misspelt = rest.find(([key]) => nearest(key, inputs) !== undefined);
  if (misspelt !== undefined) notKnown(misspelt[0], inputs);
  // A body that names only a user contains no query: an empty one would match everything.
  return rest.length > 0 || Object.keys(body).length === 0 ? { [route.bodyIs]: given } : {};
}

/** The query string. It contains names as plain text and all other values as JSON. */
function queryInputs(route: Route, url: string): Given {
  const at = url.indexOf('?');
  if (at < 0) return {};
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    if (name in found) bad(`${show(name)} is given twice.`);
    const param = Object.hasOwn(route.takes, name)
      ? route.takes[name]
      : notKnown(name, Object.keys(route.takes));
    try {
      found[name] = param?.text === true ? value : (JSON.parse(value) as unknown);
    } catch {
      bad(`${show(name)} must be JSON.`);
    }
  }
  return found;
}

/** The text of a form field; undefined if missing. */
function fieldOf(parts: readonly Part[], field: string): string | undefined {
  const found = parts.filter((part) => part.name === field && part.filename === undefined);
  if (found.length > 1) bad(`${show(field)} is given twice.`);
  return found[0]?.content.toString('utf8');
}

/** The user named by form fields, as in a JSON body; `user` is a JSON object or a name. */
export function formUser(parts: readonly Part[]): Given {
  const user = fieldOf(parts, 'user');
  const named = { userId: fieldOf(parts, 'userId'), userName: fieldOf(parts, 'userName') };
  if (user === undefined || user.trim() === '') return named;
  try {
    return { ...named, user: JSON.parse(user) as unknown };
  } catch {
    return { ...named, user: { userName: user } };
  }
}

/** bpmn-client sends the name of a model as `title`. */
const TITLE = 'title';

/** The fields of a form. A file may have any field name except that of an input. */
function formInputs(route: Route, parts: readonly Part[]): Given {
  const known = [...Object.keys(route.takes), TITLE, ...USER_KEYS];
  for (const { name, filename } of parts) {
    if (filename !== undefined && known.includes(name)) bad(`${show(name)} must be a text, not a file.`);
    if (filename === undefined && !known.includes(name)) notKnown(name, known);
  }
  const title = fieldOf(parts, TITLE);
  const given = Object.fromEntries(
    Object.keys(route.takes)
      .map((name) => [name, fieldOf(parts, name)] as const)
      .filter(([, value]) => value !== undefined),
  );
  if (title === undefined) return given;
  if (given.name !== undefined && given.name !== title)
    bad('"name" is given twice with different values: it is also the title.');
  return { ...given, name: title };
}

/** The inputs of a request, by source. */
export interface Sources {
  readonly path: ReadonlyMap<string, string>;
  readonly url: string;
  readonly body: unknown;
  readonly parts: readonly Part[];
  /** Inputs from headers. */
  readonly headers?: Given;
}

/**
 * Reads the inputs of a route, each from the one source that gives it, and checks their types.
 * @throws BadInput `bad-request` if an input is missing, unknown, given twice with different values, or of the
 * wrong type
 */
export function readInput(
  route: Route,
  { path, url, body, parts, headers = {} }: Sources,
): Record<string, unknown> {
  const sources: Given[] = [
    Object.fromEntries(path),
    queryInputs(route, url),
    route.upload ? formInputs(route, parts) : bodyInputs(route, body),
    headers,
  ];
  const input: Record<string, unknown> = {};
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    if (!Object.hasOwn(route.takes, name)) notKnown(name, Object.keys(route.takes));
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(input, name) && input[name] !== value)
      bad(`${show(name)} is given twice with different values.`);
    input[name] = value;
  }
  for (const name of Object.keys(input)) input[name] = route.takes[name]?.read(input[name], name);
  for (const [name, { required }] of Object.entries(route.takes))
    if (required && !Object.hasOwn(input, name)) bad(`${name} is missing.`);
  return input;
}
