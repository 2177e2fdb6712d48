import { BadInput } from '../core/errors.js';
import type { Method, Route } from './routes/route.js';

/** The routes of one path, by method. */
export interface Place {
  readonly path: string;
  readonly routes: ReadonlyMap<Method, Route>;
  /** The segments of the request, not decoded. */
  readonly segments: readonly string[];
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const isInput = (segment: string): boolean => segment.startsWith(':');
const inputs = (path: string): number => segmentsOf(path).filter(isInput).length;

/** The path of a request, without the query string and one trailing slash. */
export function pathOf(url: string | undefined): string {
  const path = (url ?? '/').split(/[?#]/, 1)[0] as string;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, at) => (isInput(part) ? segments[at] !== '' : part === segments[at]))
  );
}

/** Finds the routes of a path; literal segments take precedence over inputs. */
export function matcher(routes: readonly Route[]): (path: string) => Place | undefined {
  const paths = [...new Set(routes.map(({ path }) => path))].sort(
    (left, right) => inputs(left) - inputs(right),
  );
  const places = paths.map((path) => ({
    path,
    pattern: segmentsOf(path),
    routes: new Map(
      routes.filter((entry) => entry.path === path).map((entry) => [entry.method, entry] as const),
    ),
  }));
  return function match(path) {
    const segments = segmentsOf(path);
    const found = places.find(({ pattern }) => fits(pattern, segments));
    return found === undefined ? undefined : { path: found.path, routes: found.routes, segments };
  };
}

/**
 * The inputs in the path, decoded.
 * @throws BadInput `bad-request` if one cannot be decoded
 */
export function pathInputs({ path, segments }: Place): Map<string, string> {
  const found = segmentsOf(path).flatMap((part, at): [string, string][] =>
    isInput(part) ? [[part.slice(1), segments[at] as string]] : [],
  );
  try {
    return new Map(found.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch (error) {
    throw new BadInput('bad-request', 'The path cannot be decoded.', { cause: error });
  }
}

/** The methods that a path takes, for the header `Allow`. */
export function allowed({ routes }: Place): string {
  const methods = [...routes.keys()];
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}
