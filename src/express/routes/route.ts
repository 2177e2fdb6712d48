import type { Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { Guard, GuardApi } from '../../engine/contract/types.js';
import type { Part } from '../multipart.js';
import type { Readiness } from '../readiness.js';
import type { Param, Schema } from './param.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Who calls, and what with. */
export interface Call {
  /** Bound to who calls. */
  readonly api: GuardApi;
  readonly principal: SecureUser;
  readonly guard: Guard;
  /** Whether calls can be served. */
  readonly readiness: () => Promise<Readiness>;
  /** Of a form with files. */
  readonly parts: readonly Part[];
}

/** The inputs of a route, by name. */
export type Takes = Readonly<Record<string, Param<unknown>>>;
type Values<T> = { readonly [K in keyof T]: T[K] extends Param<infer V> ? V : never };

/** What one route is, as data: the router, the OpenAPI document and the tests read it. */
export interface Route {
  readonly method: Method;
  /** Segments that begin with a colon are inputs. */
  readonly path: string;
  /** Unique; the operation id of the document. */
  readonly id: string;
  readonly says: string;
  /** What the guard is asked; `public` needs nobody. */
  readonly operation: Operation | 'public';
  /** `bpmn-client`: refusals follow the dialect of the router. `ours`: always as problem details. */
  readonly face: 'bpmn-client' | 'ours';
  readonly takes: Takes;
  /** The input that the body itself is, unless it has that name as a key. */
  readonly bodyIs?: string;
  /** Takes a form with files instead of JSON. */
  readonly upload?: true;
  /** The schema of the answer. */
  readonly answers: Schema;
  /** The media type of the answer; JSON where nothing is said. */
  readonly type?: string;
  /** The status of an answer; 200 where nothing is said. */
  status?(answer: unknown): number;
  run(call: Call, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

interface Defined<T extends Takes> extends Omit<Route, 'takes' | 'run' | 'face'> {
  readonly face?: Route['face'];
  readonly takes?: T;
  run(call: Call, input: Values<T>): Promise<unknown>;
}

/** One route; its inputs are typed by what it takes. */
export function route<T extends Takes = Record<never, never>>(given: Defined<T>): Route {
  return Object.freeze({ face: 'bpmn-client', takes: {}, ...given } as unknown as Route);
}

/**
 * A route with an input that may stand at the end of its path: two routes, since Express 5 and OpenAPI know
 * no others.
 */
export function withAndWithout(name: string, given: Route): Route[] {
  return [given, Object.freeze({ ...given, path: `${given.path}/:${name}`, id: `${given.id}.${name}` })];
}
