import { deepCopy } from '../../core/copy.js';
import { GuardError } from '../../core/errors.js';
import { asError } from '../../core/thrown.js';
import type { SecureUser } from '../../core/principal.js';
import type { Delivery, InstanceGuard, StoredInstance, StoredModel } from '../../store/port.js';
import type { HostExecution, HostInstance } from '../model/host.js';
import type { Addition } from './room.js';
import { NOT_SUSPENDED, type Suspended } from './suspended.js';

/** Steps between two looks at the clock. */
const FEW_STEPS = 8;

/** The starter and actor of work that does not belong to the command's causer: of a timer, or of its consequences. */
export interface Acting {
  /** Recorded as starter and initiator of new instances. */
  readonly starter: string;
  /** The acting user, recorded as the cause of each step. */
  readonly actor: string;
}

/** A failure inside a model that did not stop it: an expression without a value, a listener that threw. */
export interface ModelFailure {
  readonly what: string;
  readonly instanceId: string;
  readonly itemId?: string;
}

/** One running command: what it has loaded, what it will write, and who caused it. */
export class Command {
  finished = false;
  failed = false;
  /** Why it was given up before its work settled: it took too long, or its instance was stopped. */
  givenUpFor: Error | undefined;
  /** True from the first write on: if the store fails then, it is unknown whether the command was stored. */
  writing = false;
  /** All work has settled and is being written; nothing can join any more. */
  settled = false;
  /** Resolves when the command has ended and released its locks. */
  readonly ended: Promise<void>;
  /** Resolves `ended`; called once. */
  readonly end: () => void;
  /** Live executions of this command, by instance. */
  readonly executions = new Map<string, HostExecution>();
  /** Instances that the engine saved, to be written when the command settles. */
  readonly saved = new Map<string, HostInstance>();
  /** Documents read under the lock, each consumed by the engine's own first read. */
  readonly loaded = new Map<string, StoredInstance>();
  /** The same documents for the store, which sends what differs from them. */
  readonly read = new Map<string, StoredInstance>();
  /** Instances whose lock this command holds. */
  readonly held = new Set<string>();
  readonly deliveries = new Map<string, Delivery[]>();
  /** What was read under the lock about the other instances of a case, by instance; written with them. */
  readonly learnt = new Map<string, Partial<InstanceGuard>>();
  readonly failures: ModelFailure[] = [];
  /** Background work of the application's listeners, which the host does not await. */
  readonly listening = new Set<Promise<unknown>>();
  /** Items whose event made a listener of the application fail. */
  readonly failedListeners = new Set<string>();
  /** Called when all work has settled, before the state is collected for the store. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  /** The caller's additions, checked against the instance's limits when the command is written. */
  readonly additions: Addition[] = [];
  /** Number of items when the instance was loaded; items that the command adds count towards the instance's limits. */
  itemsBefore = 0;
  /** Called when the command fails: undoes effects outside the store, such as armed timers. */
  readonly undo: (() => void)[] = [];
  /** Called once the command is stored: audit and notifications. */
  readonly afterwards: (() => Promise<void>)[] = [];
  /** Set from the return of a `noWait` command until its worker has settled. */
  background = false;
  /** The state in which `noWait` work begins, as stored when the command returns: a copy of the engine's first save. */
  begun: HostInstance | undefined;
  /** The version of the model that the decision was based on. */
  model: StoredModel | undefined;
  /** The suspended part of the instance whose lock it took. */
  suspended: Suspended = NOT_SUSPENDED;
  /** The item from which `noWait` work continues after a crash; undefined for a start. */
  beginsAt: string | undefined;
  /** The first error of work that nobody awaits: of a `noWait` worker, or of calls that the host does not await. */
  error: Error | undefined;
  /** Resolves when the engine has saved for the first time. */
  readonly firstSave: Promise<void>;
  private markSaved!: () => void;
  private reject!: (error: Error) => void;
  /** Rejects when the command is given up. */
  private readonly givenUp: Promise<never>;
  private readonly inflight = new Set<Promise<unknown>>();

  constructor(
    /** The causer. */
    readonly causer: SecureUser,
    readonly tenantId: string | undefined,
    /** Owner of the models by which names are resolved. */
    readonly modelsOwner: string | undefined,
    /** Recorded as starter of the instances that this command starts. */
    readonly starter: string,
    /** Maximum number of element steps. */
    private readonly mostSteps: number,
    /** Steps taken by the commands that led to this one. */
    private steps = 0,
  ) {
    this.givenUp = new Promise((_, reject) => (this.reject = reject));
    this.givenUp.catch(() => undefined);
    this.firstSave = new Promise((resolve) => (this.markSaved = resolve));
    let end!: () => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.end = end;
  }

  /** The engine's save: kept in the command until it commits. */
  save(instance: HostInstance): void {
    this.saved.set(instance.id, instance);
    if (this.background) this.begun ??= stateOf(instance);
    this.markSaved();
  }

  /** Makes the command wait for the promise before it settles. A rejection is never unhandled. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.inflight.add(promise);
    promise.then(
      () => this.inflight.delete(promise),
      () => this.inflight.delete(promise),
    );
    return promise;
  }

  /** Tracks the background work of a listener until it is done. */
  listen(work: Promise<unknown>): void {
    this.listening.add(work);
    const done = (): void => void this.listening.delete(work);
    work.then(done, done);
  }

  /** For calls that the host does not await: the command waits for them and fails with them. */
  async join(work: Promise<unknown>): Promise<void> {
    await this.track(
      work.then(
        () => undefined,
        (error: unknown) => this.fail(error),
      ),
    );
  }

  /** Steps of elements so far, with those of the commands that led to this one. */
  get stepsTaken(): number {
    return this.steps;
  }

  /** The main instance: the one whose lock it took, otherwise the first one created. */
  get instanceId(): string | undefined {
    const [first] = this.executions.keys();
    return [...this.held][0] ?? first;
  }

  /**
   * Counts one step of an element. Exceeding the limit gives the command up, even if the model catches the error.
   * @throws GuardError `too-many-steps`; after the command was given up, the reason, so that its work ends
   */
  step(): void {
    this.assertGoesOn();
    if (++this.steps <= this.mostSteps) return;
    const error = new GuardError(
      'too-many-steps',
      `A command may take at most ${this.mostSteps} steps, with those that led to it in other instances;` +
        ' the model continues without waiting.',
    );
    this.giveUp(error);
    throw error;
  }

  /** True after so many steps that they may have taken long together. Most commands take few. */
  get isLong(): boolean {
    return this.steps > FEW_STEPS;
  }

  /** @throws the reason, after the command was given up */
  assertGoesOn(): void {
    if (this.givenUpFor !== undefined) throw this.givenUpFor;
  }

  /**
   * Gives the command up: nothing it does from now on is stored. Once it has settled it is being written and
   * continues.
   * @returns whether it was given up
   */
  giveUp(error: Error): boolean {
    if (this.settled || this.finished) return false;
    this.givenUpFor = error;
    this.failed = true;
    this.reject(error);
    return true;
  }

  /** Writes beside the engine. The command cannot be given up meanwhile, nor afterwards unless there is `more`. */
  async write<T>(write: () => Promise<T>, more = false): Promise<T> {
    this.assertGoesOn();
    this.writing = this.settled = true;
    try {
      return await write();
    } finally {
      this.settled = !more;
    }
  }

  /** Waits for the work until the command is given up. */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.givenUp]);
  }

  fail(error: unknown): void {
    this.error ??= asError(error);
  }

  /**
   * Waits for all work and updates the saved state to the outcome.
   * @throws the first error of work that nobody awaits
   */
  async settle(): Promise<void> {
    do {
      while (this.inflight.size > 0) await this.within(Promise.allSettled(this.inflight));
      await this.within(this.beforeCommit());
    } while (this.inflight.size > 0);
    if (this.error !== undefined) throw this.error;
    for (const execution of this.executions.values())
      if (this.saved.get(execution.id) === execution.instance) execution.getState();
    // Whoever gave it up meanwhile has reported that nothing of it is stored.
    this.assertGoesOn();
    this.settled = true;
  }

  /** Records work on an item of another instance: stored with the sender, performed after that. */
  addDelivery(from: string, delivery: Delivery): void {
    this.deliveries.set(from, [...(this.deliveries.get(from) ?? []), delivery]);
  }
}

/** A copy of the storable state of a live instance, without attached objects. */
export function stateOf(instance: HostInstance): HostInstance {
  return deepCopy({ ...instance });
}
