import { localsOf, type HttpRequest, type HttpResponse, type Next } from './http.js';

/** Marks a response that has been answered with a refusal that nothing caught; shared by all copies of the package. */
const ANSWERED = Symbol.for('bpmn-guard.answered');

/** What changes the head of a response. Too late once it has been sent. */
const HEAD = ['appendHeader', 'flushHeaders', 'removeHeader', 'setHeader', 'setHeaders', 'writeHead'];
/** What sends its body. Too late once it has ended. */
const BODY = ['write', 'end'];

/**
 * Makes what a route still does to its response without effect once the refusal has been sent. Node would throw, or
 * emit an error, which may not be caught either and would then end the process.
 */
function ignoreWhatIsLate(res: HttpResponse): void {
  const methods = res as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const ignore = (name: string, isLate: () => boolean): void => {
    const before = methods[name];
    if (before !== undefined)
      methods[name] = (...args) => (isLate() ? res : (Reflect.apply(before, res, args) as unknown));
  };
  for (const name of HEAD) ignore(name, () => res.headersSent);
  for (const name of BODY) ignore(name, () => res.writableEnded);
}

/**
 * How a request is answered with a refusal that nothing caught: as if its route had passed the refusal to `next`, so
 * that the error handlers of the application answer it. Happens once, and only while no part of an answer was sent.
 */
export function answerOnce(req: HttpRequest, res: HttpResponse, next: Next): (refusal: unknown) => boolean {
  return (refusal) => {
    const locals = localsOf(res) as { [ANSWERED]?: true };
    if (locals[ANSWERED] === true || res.headersSent || res.destroyed) return false;
    locals[ANSWERED] = true;
    ignoreWhatIsLate(res);
    // The `next` of the innermost router that is at work; Express itself uses it for the errors of `res.render`.
    const { next: innermost } = req as { next?: unknown };
    (typeof innermost === 'function' ? (innermost as Next) : next)(refusal);
    return true;
  };
}
