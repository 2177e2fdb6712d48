import type { Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { Guard, GuardApi } from '../../engine/contract/types.js';
import type { Part } from '../multipart.js';
import type { Readiness } from '../readiness.js';
import type { Param, Schema } from './param.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The caller and the inputs of one call. */
export interface Call {
  /** Bound to the caller. */
  readonly api: GuardApi;
  readonly principal: SecureUser;
  readonly guard: Guard;
  /** Whether calls can be served. */
  readonly readiness: () => Promise<Readiness>;
  /** The parts of a form with files. */
  readonly parts: readonly Part[];
}

/** The inputs of a route, by name. */
export type Takes = Readonly<Record<string, Param<unknown>>>;
type Value<P> = P extends Param<infer V> ? V : never;
type OptionalNames<T> = { [K in keyof T]: undefined extends Value<T[K]> ? K : never }[keyof T];
/** The values of a route's inputs; optional inputs that the request does not give are absent. */
type Values<T> = { readonly [K in Exclude<keyof T, OptionalNames<T>>]: Value<T[K]> } & {
  readonly [K in OptionalNames<T>]?: Exclude<Value<T[K]>, undefined>;
};

/** One route as data: the router, the OpenAPI document and the tests read it. */
export interface Route {
  readonly method: Method;
  /** Segments that begin with a colon are inputs. */
  readonly path: string;
  /** Unique; the operation id of the document. */
  readonly id: string;
  readonly says: string;
  /** The operation that is enforced; `public` needs no authentication. */
  readonly operation: Operation | 'public';
  /** `bpmn-client`: refusals follow the dialect of the router. `ours`: always problem details. */
  readonly face: 'bpmn-client' | 'ours';
  readonly takes: Takes;
  /** The input that is the whole body, unless the body has that name as a key. */
  readonly bodyIs?: string;
  /**
   * The version in the answer is also its ETag. A change also takes the version from If-Match, as `expectedVersion`.
   */
  readonly versioned?: true;
  /** Takes a form with files instead of JSON. */
  readonly upload?: true;
  /** The schema of the answer. */
  readonly answers: Schema;
  /** The media type of the answer; default JSON. */
  readonly type?: string;
  /** The status of an answer; default 200. */
  status?(answer: unknown): number;
  run(call: Call, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

interface Defined<T extends Takes> extends Omit<Route, 'takes' | 'run' | 'face'> {
  readonly face?: Route['face'];
  readonly takes?: T;
  run(call: Call, input: Values<T>): Promise<unknown>;
}

/** Defines a route; its inputs are typed by `takes`. */
export function route<T extends Takes = Record<never, never>>(given: Defined<T>): Route {
  return Object.freeze({ face: 'bpmn-client', takes: {}, ...given } as unknown as Route);
}

/** A route with an optional last path segment, as two routes: Express 5 and OpenAPI have no optional segments. */
export function withAndWithout(name: string, given: Route): Route[] {
  return [given, Object.freeze({ ...given, path: `${given.path}/:${name}`, id: `${given.id}.${name}` })];
}

/** The names of the inputs in the path. */
export const inPath = ({ path }: Pick<Route, 'path'>): string[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
