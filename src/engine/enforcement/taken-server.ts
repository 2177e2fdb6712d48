import { AccessDenied, CouldNotTell } from '../../core/errors.js';
import { bpmn } from '../model/host.js';
import { nameCaller } from './caller.js';
import { MANIFEST } from './manifest.js';

/** The parts of a server through which code outside reaches data, with the entry of each in the manifest. */
const PARTS = {
  engine: 'Engine',
  dataStore: 'DataStore',
  definitions: 'ModelsDatastore',
  cache: 'CacheManager',
  cron: 'Cron',
} as const;
type Part = keyof typeof PARTS;
type Members = Record<string | symbol, unknown>;
type Parts = Readonly<Record<Part, unknown>>;

/** Names of the methods of an object, those of its classes included. */
function methodsOf(object: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = object;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
  return [...names];
}

/**
 * A server that the application made, and that a guard takes over. From the first moment on its parts refuse, until
 * `give` puts the guarded ones there: nothing of the host answers while the guard is being made, or after that failed.
 * Code that has got hold of a part before it was taken over is led to the guarded one.
 */
export class TakenServer {
  private parts: Parts;
  private why = 'The guard of this server is not ready yet: await createGuard.';

  constructor(private readonly server: Record<string, unknown>) {
    this.parts = Object.fromEntries(
      (Object.keys(PARTS) as Part[]).map((part) => [part, this.refusing(part)]),
    ) as Parts;
    // The host's own cache holds nothing, since nobody puts an instance there, and its cron reaches data by the others.
    for (const part of ['engine', 'dataStore', 'definitions'] as const) this.lead(part, server[part]);
    Object.assign(server, this.parts);
    nameCaller(server, () => {
      throw this.refusal();
    });
  }

  /** Undefined where the options name no server of bpmn-server, which is refused later. */
  static of(server: unknown): TakenServer | undefined {
    return server instanceof bpmn.BPMNServer ? new TakenServer(server as never) : undefined;
  }

  give(shown: Parts): void {
    const { engine, dataStore, definitions, cache, cron } = shown;
    this.parts = { engine, dataStore, definitions, cache, cron };
    Object.assign(this.server, this.parts);
  }

  /** The guard could not be made: the parts refuse for ever, or until another guard takes the server over. */
  fail(): void {
    this.why = 'The guard of this server could not be created; createGuard rejected with the cause.';
  }

  private refusal(): CouldNotTell {
    return new CouldNotTell('not-ready', this.why);
  }

  /** Its methods reject; members that the host answers at once throw. */
  private refusing(part: Part): object {
    const entries = MANIFEST[PARTS[part]] ?? {};
    return new Proxy(
      {},
      {
        get: (_target, name) => {
          if (typeof name === 'symbol' || name === 'then') return undefined;
          const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
          if (entry !== undefined && ('open' in entry || 'part' in entry)) throw this.refusal();
          return () => Promise.reject(this.refusal());
        },
        set: () => {
          throw this.refusal();
        },
      },
    );
  }

  /** Has each member of the host's own part be that of the part in its place. */
  private lead(part: Part, before: unknown): void {
    if (typeof before !== 'object' || before === null || !Object.isExtensible(before)) return;
    const inPlace = (): Members => this.parts[part] as Members;
    for (const name of new Set([...methodsOf(before), ...Object.keys(MANIFEST[PARTS[part]] ?? {})]))
      Object.defineProperty(before, name, {
        configurable: true,
        enumerable: true,
        get: () => {
          const member = inPlace()[name];
          if (typeof member === 'function')
            return (...args: unknown[]): unknown => Reflect.apply(member, inPlace(), args);
          if (member !== undefined) return member;
          return () =>
            Promise.reject(
              new AccessDenied('forbidden', `${PARTS[part]}.${name} is not available to callers.`),
            );
        },
        set: (value: unknown) => void (inPlace()[name] = value),
      });
  }
}
