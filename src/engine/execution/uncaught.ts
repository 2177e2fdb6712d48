/** The events with which Node reports an uncaught error. */
const EVENTS: ReadonlySet<unknown> = new Set(['uncaughtException', 'unhandledRejection']);

/**
 * Calls `claim` with every uncaught error, before the application's own listeners and before Node ends the process.
 * A claimed error goes no further. All others take their usual way, which a listener of our own would change: Node
 * ends a process only if nobody listens.
 * @param claim called in the async context in which the error arose; must not throw
 * @returns a function that stops this
 */
export function claimUncaught(claim: (error: unknown) => boolean): () => void {
  const before = process.emit;
  let active = true;
  const emit = function (this: unknown, event: unknown, ...args: unknown[]): boolean {
    if (active && EVENTS.has(event) && claim(args[0])) return true;
    return Reflect.apply(before as (...all: unknown[]) => boolean, this, [event, ...args]);
  };
  process.emit = emit as typeof process.emit;
  return () => {
    active = false;
    if (process.emit === (emit as typeof process.emit)) process.emit = before;
  };
}
