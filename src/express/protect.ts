import type { HttpRequest } from './http.js';

/** The parts of Express 4 used here. Express 5 has neither and passes errors on by itself. */
interface Express4 {
  lazyrouter?(): void;
  _router?: { stack: readonly object[]; params: object };
}

type Handler = (this: unknown, ...args: unknown[]) => unknown;
type Done = (error: unknown) => void;
interface Layer {
  readonly handle: Handler;
}
type Methods = Record<string, ((this: object, ...args: unknown[]) => unknown) | undefined>;

/** Marks what is already protected, across copies of this package. */
const PROTECTED = Symbol.for('bpmn-guard.protected');

/** The position of `next` among the parameters of a handler. */
const NEXT_OF_REQUEST = 2;
const NEXT_OF_ERROR = 3;

/** Passes the rejection of a promise to `next`; ignores anything else. */
function passOn(result: unknown, next: unknown): unknown {
  const { then } = (typeof result === 'object' && result !== null ? result : {}) as { then?: unknown };
  if (typeof then !== 'function' || typeof next !== 'function') return result;
  return (result as PromiseLike<unknown>).then(undefined, (error: unknown) =>
    (next as Done)(error ?? new Error('A handler was rejected without a reason.')),
  );
}

/** Wraps a handler so that its rejections go to `next`. Keeps the number of parameters, which Express checks. */
function passing(handler: Handler, next: number): Handler {
  const wrapped: Handler = function (...args) {
    return passOn(handler.apply(this, args), args[next]);
  };
  return Object.defineProperty(wrapped, 'length', { value: handler.length });
}

/** Caches the wrapped form of each handler. */
function memory(next: number): (handler: Handler) => Handler {
  const known = new WeakMap<Handler, Handler>();
  return (handler) => {
    const wrapped = known.get(handler) ?? passing(handler, next);
    known.set(handler, wrapped);
    return wrapped;
  };
}

/** Makes a method of each layer use the wrapped handler. Patches by others are kept. */
function patchLayers(layers: Methods, method: string, next: number): void {
  const before = layers[method];
  if (before === undefined) return;
  const wrapped = memory(next);
  layers[method] = function (this: object, ...args) {
    const { handle } = this as Layer;
    return before.apply(Object.create(this, { handle: { value: wrapped(handle) } }) as object, args);
  };
}

/** The same for the handlers of `router.param`. */
function patchParams(routers: Methods): void {
  const before = routers.process_params;
  if (before === undefined) return;
  const wrapped = memory(NEXT_OF_REQUEST);
  routers.process_params = function (this: object, ...args) {
    const { params } = this as { params: Readonly<Record<string, Handler[]>> };
    const all = Object.fromEntries(Object.entries(params).map(([name, list]) => [name, list.map(wrapped)]));
    return before.apply(Object.create(this, { params: { value: all } }) as object, args);
  };
}

/**
 * Makes async routes and middleware of an Express 4 application pass their errors to `next`, as Express 5 does by
 * itself. Applies to all applications and routers of that copy of Express, including existing routes.
 * `authenticate` and `router` do this for the application in which they are mounted.
 * @returns the application
 */
export function protect<T>(app: T): T {
  const { lazyrouter } = (app ?? {}) as Express4;
  if (typeof lazyrouter !== 'function') return app;
  lazyrouter.call(app);
  const router = (app as Express4)._router;
  const [layer] = router?.stack ?? [];
  if (router === undefined || layer === undefined) return app;
  const layers = Object.getPrototypeOf(layer) as Methods & { [PROTECTED]?: true };
  if (layers[PROTECTED] === true) return app;
  Object.defineProperty(layers, PROTECTED, { value: true });
  patchLayers(layers, 'handle_request', NEXT_OF_REQUEST);
  patchLayers(layers, 'handle_error', NEXT_OF_ERROR);
  patchParams(Object.getPrototypeOf(router) as Methods);
  return app;
}

/** The same for the application that received a request. */
export function protectApplicationOf(req: HttpRequest): void {
  protect((req as { app?: unknown }).app);
}
