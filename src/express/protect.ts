import type { HttpRequest } from './http.js';

/** What of Express 4 is used here; Express 5 has neither, since it does this itself. */
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

/** Marks what is protected already, across copies of this package. */
const PROTECTED = Symbol.for('bpmn-guard.protected');

/** Where `next` stands among the parameters of a handler. */
const NEXT_OF_REQUEST = 2;
const NEXT_OF_ERROR = 3;

/** Hands what a promise is rejected with to `next`; anything else is left as it is. */
function passOn(result: unknown, next: unknown): unknown {
  const { then } = (typeof result === 'object' && result !== null ? result : {}) as { then?: unknown };
  if (typeof then !== 'function' || typeof next !== 'function') return result;
  return (result as PromiseLike<unknown>).then(undefined, (error: unknown) =>
    (next as Done)(error ?? new Error('A handler was rejected without a reason.')),
  );
}

/** The same handler, whose rejections go to `next`; with as many parameters, since Express looks at their number. */
function passing(handler: Handler, next: number): Handler {
  const wrapped: Handler = function (...args) {
    return passOn(handler.apply(this, args), args[next]);
  };
  return Object.defineProperty(wrapped, 'length', { value: handler.length });
}

/** Remembers the wrapped form of each handler. */
function memory(next: number): (handler: Handler) => Handler {
  const known = new WeakMap<Handler, Handler>();
  return (handler) => {
    const wrapped = known.get(handler) ?? passing(handler, next);
    known.set(handler, wrapped);
    return wrapped;
  };
}

/** Has a method of each layer see its handler in the wrapped form. What others have made of the method stays. */
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
 * Has async routes and middleware of an application on Express 4 pass their errors on to `next`, as Express 5 does by
 * itself. Holds for all applications and routers of that copy of Express, for routes that were there before too.
 * `authenticate` and `router` do this for the application that they are mounted in.
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

/** The same for the application that a request has come to. */
export function protectApplicationOf(req: HttpRequest): void {
  protect((req as { app?: unknown }).app);
}
