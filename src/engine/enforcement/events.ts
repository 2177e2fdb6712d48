import type { GuardEvent, GuardLogger } from '../contract/types.js';

type Handler = (event: GuardEvent) => void | Promise<void>;

/** Notifications after the fact (spec 08, 39). What a handler throws is logged and changes nothing. */
export class Events {
  private readonly handlers = new Map<GuardEvent['event'], Set<Handler>>();

  constructor(private readonly logger: GuardLogger) {}

  /** @returns what takes the handler off again */
  on(event: GuardEvent['event'], handler: Handler): () => void {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  emit(event: GuardEvent): void {
    const frozen = Object.freeze({ ...event });
    for (const handler of this.handlers.get(event.event) ?? []) {
      Promise.resolve()
        .then(() => handler(frozen))
        .catch((error: unknown) =>
          this.logger.error('a notification handler failed', {
            event: event.event,
            error: error instanceof Error ? error.message : String(error),
          }),
        );
    }
  }
}
