import { assertArgument, FUNCTION, unknownName } from '../../core/options.js';
import { show } from '../../core/value.js';
import { EVENT_NAMES, type GuardEvent } from '../contract/types.js';
import type { Incidents } from '../contract/incidents.js';
import { Outlet } from '../contract/outlet.js';

type Handler = (event: GuardEvent) => void | Promise<void>;

/**
 * Notifications after the fact, delivered to each handler in order. An error thrown by a handler is logged and has
 * no other effect.
 */
export class Events {
  private readonly handlers = new Map<GuardEvent['event'], Set<Outlet<GuardEvent>>>();

  constructor(private readonly incidents: Incidents) {}

  /**
   * @returns a function that removes the handler
   * @throws TypeError for an unknown event, or a handler that is not a function
   */
  on(event: GuardEvent['event'], handler: Handler): () => void {
    if (!EVENT_NAMES.includes(event))
      throw new TypeError(`guard.on has no event ${show(event)}. ${unknownName(String(event), EVENT_NAMES)}`);
    assertArgument('guard.on', handler, FUNCTION);
    const outlets = this.handlers.get(event) ?? new Set();
    const outlet = new Outlet(`a handler of ${event}`, handler, this.incidents);
    this.handlers.set(event, outlets.add(outlet));
    return () => void outlets.delete(outlet);
  }

  emit(event: GuardEvent): void {
    const frozen = Object.freeze({ ...event });
    for (const outlet of this.handlers.get(event.event) ?? []) outlet.push(frozen);
  }

  /** Resolves when every handler has received its entries, each within its time limit. */
  async flushed(): Promise<void> {
    const outlets = [...this.handlers.values()].flatMap((set) => [...set]);
    await Promise.all(outlets.map((outlet) => outlet.flushed()));
  }
}
