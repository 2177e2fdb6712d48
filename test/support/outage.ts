import type { Guard, GuardError, StoreOptions } from 'bpmn-guard';
import { Proxy, type Mode } from './proxy.js';
import { Guards, type GuardParts, type LogLine } from './guards.js';
import { OwnTime } from './own-time.js';
import { mongoUrl, type Place } from './stores.js';

/** Of one call of the store, in milliseconds; not so short that a busy machine is taken for an outage. */
export const TIMEOUT = 800;
/** Of one call of the guard while the store is away: of the store, and of the machine for itself. */
export const limitOf = (timeout: number): number => 2 * timeout + 1500;
export const LIMIT = limitOf(TIMEOUT);

/** A guard whose store can be taken away, and the same data seen past that. */
export interface Scene {
  readonly proxy: Proxy;
  readonly guard: Guard;
  readonly log: LogLine[];
  readonly place: Place;
  /** Another guard on the same data, not through the proxy; for looking only. */
  readonly beside: () => Promise<Guard>;
}

/** Makes scenes for one test file, and takes them down after each test. */
export class Scenes {
  readonly guards: Guards;
  private readonly proxies: Proxy[] = [];

  constructor() {
    afterEach(() => this.proxies.forEach((proxy) => proxy.heal()));
    this.guards = new Guards('mongo');
    afterEach(async () => void (await Promise.all(this.proxies.splice(0).map((proxy) => proxy.close()))));
  }

  async open(parts: GuardParts = {}, timeout = TIMEOUT): Promise<Scene> {
    const proxy = await Proxy.before(mongoUrl());
    this.proxies.push(proxy);
    const place = this.guards.place();
    const { name } = place.options as { name: string };
    const through = { ...place, options: { url: proxy.url, name, timeout } as StoreOptions };
    const { guard, log } = await this.guards.open({ ...parts, place: through });
    let looking: Promise<Guard> | undefined;
    const beside = (): Promise<Guard> =>
      (looking ??= this.guards.make({ place, services: parts.services ?? {} }));
    return { proxy, guard, log, place: through, beside };
  }
}

export interface Answer {
  readonly took: number;
  readonly value?: unknown;
  readonly error?: GuardError;
}

/** What came of a call, and after how long. */
export async function answerOf(call: () => Promise<unknown>): Promise<Answer> {
  const time = new OwnTime();
  try {
    const value = await call();
    return { value, took: time.stop() };
  } catch (error) {
    return { error: error as GuardError, took: time.stop() };
  }
}

/** A mode in which no call can be answered. */
export const AWAY: readonly Mode[] = ['refuse', 'hang', 'slow'];

export const away = (proxy: Proxy, mode: Mode): void =>
  proxy.become(mode, mode === 'slow' ? TIMEOUT + 100 : 0);
