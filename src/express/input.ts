import { AccessDenied, BadInput } from '../core/errors.js';
import { isPlainObject } from '../core/plain-object.js';
import type { SecureUser } from '../core/principal.js';
import type { Part } from './multipart.js';
import { readClaim } from './on-behalf.js';
import type { Route } from './routes/route.js';

type Given = Readonly<Record<string, unknown>>;

/** Where a body names the user on whose behalf it calls; who may is decided by `authenticate`, before the router. */
export const USER_KEYS = ['userId', 'userName', 'user'] as const;

const bad = (message: string): never => {
  throw new BadInput('bad-request', message);
};
const show = (name: string): string => JSON.stringify(name.slice(0, 60));

/**
 * A body that names a user is carried out as that user or not at all.
 * @throws BadInput when what it names is no user; AccessDenied `forbidden` when it is another
 */
export function checkUser(body: unknown, principal: SecureUser): void {
  const claim = readClaim(body);
  if (claim !== undefined && claim.userName !== principal.userName)
    throw new AccessDenied('forbidden', 'You may not call on behalf of another user.');
}

/** The members of a JSON body, those that name the user left out. */
function bodyInputs(route: Route, body: unknown): Given {
  if (body === undefined || body === null || (Array.isArray(body) && body.length === 0)) return {};
  if (!isPlainObject(body)) return bad('The body must be an object.');
  const rest = Object.entries(body).filter(([key]) => !(USER_KEYS as readonly string[]).includes(key));
  const given = Object.fromEntries(rest);
  if (route.bodyIs === undefined || rest.some(([key]) => Object.hasOwn(route.takes, key))) return given;
  // A body that names a user and nothing else has no query in it: an empty one would stand for everything.
  return rest.length > 0 || Object.keys(body).length === 0 ? { [route.bodyIs]: given } : {};
}

/** The query string. It holds names as they are, and of anything else its JSON. */
function queryInputs(route: Route, url: string): Given {
  const at = url.indexOf('?');
  if (at < 0) return {};
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    if (name in found) bad(`${show(name)} is given twice.`);
    const param = Object.hasOwn(route.takes, name)
      ? route.takes[name]
      : bad(`${show(name)} is not known here.`);
    try {
      found[name] = param?.text === true ? value : (JSON.parse(value) as unknown);
    } catch {
      bad(`${show(name)} must be JSON.`);
    }
  }
  return found;
}

/** The text of a field of a form; undefined where there is none. */
function fieldOf(parts: readonly Part[], field: string): string | undefined {
  const found = parts.filter((part) => part.name === field && part.filename === undefined);
  if (found.length > 1) bad(`${show(field)} is given twice.`);
  return found[0]?.content.toString('utf8');
}

/** The user whom the fields of a form name, as a JSON body would; `user` is an object in JSON, or a name. */
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

/** The name of an uploaded model, where the path has none. */
function formInputs(parts: readonly Part[]): Given {
  const name = fieldOf(parts, 'name') ?? fieldOf(parts, 'title');
  return name === undefined ? {} : { name };
}

/** What a request gives, by where it stands. */
export interface Sources {
  readonly path: ReadonlyMap<string, string>;
  readonly url: string;
  readonly body: unknown;
  readonly parts: readonly Part[];
}

/**
 * The inputs of a route, each from the one place where it is given, and of the type that it must have.
 * @throws BadInput `bad-request` when one is missing, unknown, given differently in two places, or of another type
 */
export function readInput(route: Route, { path, url, body, parts }: Sources): Record<string, unknown> {
  const sources: Given[] = [
    Object.fromEntries(path),
    queryInputs(route, url),
    route.upload ? formInputs(parts) : bodyInputs(route, body),
  ];
  const input: Record<string, unknown> = {};
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    if (!Object.hasOwn(route.takes, name)) bad(`${show(name)} is not known here.`);
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(input, name) && input[name] !== value)
      bad(`${show(name)} is given twice, and differently.`);
    input[name] = value;
  }
  for (const [name, param] of Object.entries(route.takes)) {
    if (Object.hasOwn(input, name)) input[name] = param.read(input[name], name);
    else if (param.required) bad(`${name} is missing.`);
  }
  return input;
}
