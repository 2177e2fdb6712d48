import type { Identity } from '../engine/contract/types.js';
import type { Middleware } from './http.js';
import { answerOnce } from './unanswered.js';

/** The parts of an application or a router used here: Express 4 has `_router`, 5 has `router`, a router its stack. */
interface Layered {
  readonly _router?: { readonly stack: Layer[] };
  readonly router?: { readonly stack: Layer[] };
  readonly stack?: Layer[];
  use(handler: Middleware): unknown;
}
interface Layer {
  readonly name?: string;
}

/** The layers with which each application of Express 4 begins; they prepare the request. */
const FIRST = ['query', 'expressInit'];

/** Moves the layer that was added last before all others, so that routes which are there already are behind it. */
function moveToFront(stack: Layer[]): void {
  const layer = stack.pop();
  const place = stack.findIndex(({ name }) => !FIRST.includes(name ?? ''));
  if (layer !== undefined) stack.splice(place < 0 ? stack.length : place, 0, layer);
}

/**
 * Creates a function that makes each request to an application, or to a router, be answered with a refusal that
 * nothing caught, as `authenticate` does. It does so once for each of them.
 */
export function answering(identity: Identity): (app: object) => void {
  const done = new WeakSet<object>();
  const middleware: Middleware = (req, res, next) =>
    identity.answering(answerOnce(req, res, next), () => next());
  return (app) => {
    if (done.has(app)) return;
    done.add(app);
    const layered = app as Layered;
    layered.use(middleware);
    // Express 4 has a getter `router`, which throws.
    const { stack } = layered._router ?? (layered.stack === undefined ? layered.router : layered) ?? {};
    if (stack !== undefined) moveToFront(stack);
  };
}
