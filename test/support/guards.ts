import { DefaultAppDelegate } from 'bpmn-server';
import {
  createGuard,
  SecureUser,
  type Guard,
  type GuardError,
  type GuardLogger,
  type GuardOptions,
  type ItemView,
} from 'bpmn-guard';
import { lastingPlace, memoryPlace, type Place, type StoreKind } from './stores.js';

/** What models may call as `appServices`, and as services of their service tasks. */
export type Services = Record<string, unknown>;

/** The host's delegate, with services of the test's own; silent. */
export class TestDelegate extends DefaultAppDelegate {
  constructor(
    server: unknown,
    readonly services: Services,
  ) {
    super(server as never);
  }

  override async getServicesProvider(): Promise<never> {
    return this.services as never;
  }

  override startUp(): void {
    // Upstream prints that the server has started.
  }
}

export interface GuardParts extends Partial<Omit<GuardOptions, 'models' | 'env'>> {
  /** Missing: an empty one; undefined: the environment of the process. */
  readonly env?: GuardOptions['env'] | undefined;
  readonly services?: Services;
  /** Fields of the host's configuration. */
  readonly config?: Record<string, unknown>;
  /** The delegate's class; its constructor gets the server and the services. */
  readonly delegate?: new (server: unknown, services: Services) => unknown;
  /** Models that an administrator without a tenant saves, by name. */
  readonly models?: Readonly<Record<string, string>>;
  /** The guard's own option `models`. */
  readonly modelFolder?: NonNullable<GuardOptions['models']>;
  /** Where the data lies; missing: memory, or a database of its own. */
  readonly place?: Place;
}

/** What a guard logged. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Record<string, unknown> | undefined;
}

export interface TestGuard {
  readonly guard: Guard;
  readonly place: Place;
  readonly log: LogLine[];
}

/** For guards whose log no test reads. */
export const SILENT: GuardLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** For parts of a guard of whose failures no test reads. */
export const NO_INCIDENTS = { record: (): void => undefined };
/** A process that does not serve. */
export const IDLE = { now: false };

/** Makes guards for the tests of one file and takes everything back after each test. */
export class Guards {
  private readonly guards: Guard[] = [];
  private readonly places: Place[] = [];

  constructor(private readonly kind: StoreKind) {
    afterEach(() => this.clean());
  }

  /** A place that may be opened by several guards, one after the other or, on MongoDB, together. */
  place(): Place {
    const place = lastingPlace(this.kind);
    this.places.push(place);
    return place;
  }

  async open(parts: GuardParts = {}): Promise<TestGuard> {
    const {
      services = {},
      config = {},
      delegate = TestDelegate,
      models = {},
      modelFolder,
      env = 'env' in parts ? undefined : {},
      place: given,
      ...options
    } = parts;
    const place = given ?? (this.kind === 'embedded' ? memoryPlace() : this.place());
    const log: LogLine[] = [];
    const note = (level: LogLine['level']) => (message: string, facts?: Record<string, unknown>) =>
      void log.push({ level, message, facts });
    const guard = await createGuard({
      ...(env !== undefined && { env }),
      store: place.options,
      configuration: { appDelegate: (server: unknown) => new delegate(server, services), ...config },
      logger: { info: note('info'), warn: note('warn'), error: note('error') },
      ...options,
      ...(modelFolder === undefined ? {} : { models: modelFolder }),
    });
    this.guards.push(guard);
    for (const [name, source] of Object.entries(models))
      await guard.api.model.save(name, source, null, ADMIN_USER);
    return { guard, place, log };
  }

  /** Only the guard: for tests that need no more. */
  async make(parts: GuardParts = {}): Promise<Guard> {
    return (await this.open(parts)).guard;
  }

  private async clean(): Promise<void> {
    await Promise.all(this.guards.splice(0).map((guard) => guard.close()));
    await Promise.all(this.places.splice(0).map((place) => place.remove()));
  }
}

export const person = (userName: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups });
export const ADMIN_USER = person('admin', 'ADMIN');

/** The error that the work is refused with; a failure when it is not. */
export async function refusal(work: Promise<unknown>): Promise<GuardError> {
  const [outcome] = await Promise.allSettled([work]);
  if (outcome?.status !== 'rejected') throw new Error('Expected a refusal, and it was carried out.');
  return outcome.reason as GuardError;
}

/** Waits until the question has an answer; for work that goes on in the background. */
export async function eventually<T>(
  question: () => Promise<T | undefined | false> | T | undefined | false,
  limit = 60_000,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const answer = await question();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error('It did not come to pass in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Does what has to come before something is due in a moment; anew, from its start, where the machine was slower. */
export async function beforeDue<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--)
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
}

/** The waiting user task of that element, as an administrator sees it. */
export async function waitingTask(
  guard: Guard,
  elementId: string,
  instanceId?: string,
  user: SecureUser = ADMIN_USER,
): Promise<ItemView> {
  const query = {
    'items.elementId': elementId,
    'items.status': 'wait',
    ...(instanceId === undefined ? {} : { id: instanceId }),
  };
  const [task] = await guard.api.data.findItems(query, user);
  if (task === undefined) throw new Error(`No waiting ${elementId}.`);
  return task;
}
