import type { HostListener } from '../model/host.js';

type Handler = (...args: never[]) => unknown;
type Failed = (event: string, error: unknown, itemId: string | undefined) => void;

/** The item that a handler receives, if the event is about one. */
const itemIn = (payload: unknown): string | undefined =>
  (payload as { readonly context?: { readonly item?: { readonly id?: string } | null } | null } | undefined)
    ?.context?.item?.id;

/**
 * Calls the application's handlers as before. Rejections of asynchronous ones are reported to `failed`, since the
 * host does not await them. A synchronous error still makes the command fail.
 * @param begun receives the work of an asynchronous handler; it never rejects
 */
export function catchHandlers(
  listener: HostListener,
  failed: Failed,
  begun: (work: Promise<void>) => void,
): void {
  const wrappers = new WeakMap<Handler, Handler>();
  const wrap = (event: string, fn: Handler): Handler => {
    const known = wrappers.get(fn);
    if (known !== undefined) return known;
    const wrapper: Handler = function (this: unknown, ...args) {
      const itemId = itemIn(args[0]);
      const result: unknown = Reflect.apply(fn, this, args);
      if (result instanceof Promise)
        begun(
          result.then(
            () => undefined,
            (error: unknown) => failed(event, error, itemId),
          ),
        );
      return result;
    };
    wrappers.set(fn, wrapper);
    return wrapper;
  };
  const emitter = listener as unknown as Record<
    string,
    (event: string, fn: Handler, ...rest: unknown[]) => unknown
  >;
  for (const [names, around] of [
    [['on', 'addListener', 'once'], wrap],
    [['off', 'removeListener'], (_event: string, fn: Handler) => wrappers.get(fn) ?? fn],
  ] as const) {
    for (const name of names) {
      const original = emitter[name]?.bind(listener);
      if (original !== undefined)
        emitter[name] = (event, fn, ...rest) =>
          original(event, typeof fn === 'function' ? around(event, fn) : fn, ...rest);
    }
  }
  for (const [event, registered] of Object.entries(listener._events ?? {})) {
    for (const entry of [registered].flat())
      if (entry.once !== true && typeof entry.fn === 'function') entry.fn = wrap(event, entry.fn);
  }
}
