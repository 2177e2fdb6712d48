import { openStore, type Guard, type GuardError, type Store, type StoreOptions } from 'bpmn-guard';
import { eitherStore } from './either-store.js';
import { Proxy, type Mode } from './proxy.js';
import { Guards, type GuardParts, type LogLine } from './guards.js';
import { mongoUrl, patiently, type Place } from './stores.js';

/** Of one call of the store while it is away, in milliseconds: such a call is meant to fail. */
export const TIMEOUT = 800;

/** A guard whose store can be taken away, and the same data seen past that. */
export interface Scene {
  readonly proxy: Proxy;
  readonly guard: Guard;
  /** Of the guard: it waits long while everything passes, and gives up soon while the store is away. */
  readonly store: Store;
  readonly log: LogLine[];
  /** Through the proxy, for one who waits long. */
  readonly place: Place;
  /** The same for one who gives up soon. */
  readonly hasty: StoreOptions;
  /** Another guard on the same data, not through the proxy; for looking only. */
  readonly beside: () => Promise<Guard>;
  /** From now on calls give up soon although everything passes: they will be under way when the store goes. */
  readonly hurry: () => void;
}

/** Makes scenes for one test file, and takes them down after each test. */
export class Scenes {
  readonly guards: Guards;
  private readonly proxies: Proxy[] = [];
  private readonly stores: Store[] = [];

  constructor() {
    afterEach(() => this.proxies.forEach((proxy) => proxy.heal()));
    this.guards = new Guards('mongo');
    afterEach(async () => {
      await Promise.all(this.stores.splice(0).map((store) => store.close()));
      await Promise.all(this.proxies.splice(0).map((proxy) => proxy.close()));
    });
  }

  async open(parts: GuardParts = {}): Promise<Scene> {
    const proxy = await Proxy.before(mongoUrl());
    this.proxies.push(proxy);
    const beyond = this.guards.place();
    const options = { ...beyond.options, url: proxy.url };
    const hasty = { ...options, timeout: TIMEOUT } as StoreOptions;
    const stores = [
      await openStore(options as StoreOptions),
      await patiently(() => openStore(hasty)),
    ] as const;
    this.stores.push(...stores);
    let isHurried = false;
    const present = (): Store => stores[isHurried || proxy.mode !== 'pass' ? 1 : 0];
    const store = { ...eitherStore(stores[0], present), close: async () => undefined };
    const { guard, log } = await this.guards.open({ ...parts, place: beyond, store });
    let looking: Promise<Guard> | undefined;
    const beside = (): Promise<Guard> =>
      (looking ??= this.guards.make({ place: beyond, services: parts.services ?? {} }));
    const place = { ...beyond, options: options as StoreOptions };
    return { proxy, guard, store, log, place, hasty, beside, hurry: () => void (isHurried = true) };
  }
}

export interface Answer {
  readonly value?: unknown;
  readonly error?: GuardError;
}

/** What came of a call; that it is answered at all is what the limits of the store are for. */
export async function answerOf(call: () => Promise<unknown>): Promise<Answer> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error: error as GuardError };
  }
}

/** A mode in which no call can be answered. */
export const AWAY: readonly Mode[] = ['refuse', 'hang', 'slow'];

export const away = (proxy: Proxy, mode: Mode): void =>
  proxy.become(mode, mode === 'slow' ? TIMEOUT + 100 : 0);
