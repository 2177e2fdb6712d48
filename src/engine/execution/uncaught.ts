/** The events with which Node tells of an error that nothing caught. */
const EVENTS: ReadonlySet<unknown> = new Set(['uncaughtException', 'unhandledRejection']);

/**
 * Asks `claim` of every error that nothing caught, before the application's own listeners and before Node ends the
 * process. An error that is claimed goes no further. Every other one takes the way it takes without us, which a
 * listener would change: Node ends a process only where nobody listens.
 * @param claim called in the async context in which the error came to be; must not throw
 * @returns what takes it back
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
