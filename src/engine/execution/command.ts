import { randomUUID } from 'node:crypto';
import { GuardError } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import type { Delivery, StoredInstance, StoredModel } from '../../store/port.js';
import { detach } from '../model/data-path.js';
import type { HostExecution, HostInstance } from '../model/host.js';
import type { Addition } from './room.js';

/** Whose work it is, where that is not the causer of the command: of a timer, or of what follows from one. */
export interface Acting {
  /** Recorded as starter and initiator of what is started. */
  readonly starter: string;
  /** Who acts: recorded as the cause of each step. */
  readonly actor: string;
}

/** A failure inside a model that did not stop it: an expression that came to nothing, a listener that threw. */
export interface ModelFailure {
  readonly what: string;
  readonly instanceId: string;
  readonly itemId?: string;
}

/** One command while it runs: what it has loaded, what it will write, who caused it. */
export class Command {
  finished = false;
  failed = false;
  /** Why it was given up before its work had settled: it took too long, or somebody stopped its instance. */
  givenUpFor: Error | undefined;
  /** From the first write on it is not known, after a failure of the store, whether the command was stored. */
  writing = false;
  /** All work has settled and is being written: nothing joins it any more. */
  settled = false;
  /** Resolves when the command has ended and given its locks back. */
  readonly ended: Promise<void>;
  /** Called once, when it has. */
  readonly end: () => void;
  /** Live executions of this command, by instance. */
  readonly executions = new Map<string, HostExecution>();
  /** Instances that the engine saved, to be written when the command settles. */
  readonly saved = new Map<string, HostInstance>();
  /** Documents read under the lock, to be used once by the engine's own reads. */
  readonly loaded = new Map<string, StoredInstance>();
  /** Instances whose lock this command holds. */
  readonly held = new Set<string>();
  readonly deliveries = new Map<string, Delivery[]>();
  readonly failures: ModelFailure[] = [];
  /** What listeners of the application still do, though the host does not wait for them. */
  readonly listening = new Set<Promise<unknown>>();
  /** Called when all work has settled, before it is read for the store. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  /** What the caller brings, to be held against the room of the instance when the command is written. */
  readonly additions: Addition[] = [];
  /** Items that the instance had when it was loaded; what the command adds, it adds to its room as well. */
  itemsBefore = 0;
  /** Called when the command fails: undoes what is not in the store, such as armed timers. */
  readonly undo: (() => void)[] = [];
  /** Called when the command has been stored: audit and notifications. */
  readonly afterwards: (() => Promise<void>)[] = [];
  /** Set from the return of a `noWait` command until its worker has settled. */
  background = false;
  /** Where `noWait` work begins, as it is stored when the command returns: the engine's first save, copied. */
  begun: HostInstance | undefined;
  /** The version of the model on which was decided. */
  model: StoredModel | undefined;
  /** The item from which `noWait` work goes on after a crash; undefined for a start. */
  beginsAt: string | undefined;
  /** The first error of work that nobody waits for: of a `noWait` worker, or in what the host calls without waiting. */
  error: Error | undefined;
  /** Resolves when the engine has saved for the first time. */
  readonly firstSave: Promise<void>;
  private markSaved!: () => void;
  private steps = 0;
  private reject!: (error: Error) => void;
  /** Rejects when the command is given up. */
  private readonly givenUp: Promise<never>;
  private readonly inflight = new Set<Promise<unknown>>();

  constructor(
    /** Who caused it. */
    readonly causer: SecureUser,
    readonly tenantId: string | undefined,
    /** Owner of the models that names are resolved with. */
    readonly modelsOwner: string | undefined,
    /** Recorded as starter of what this command starts. */
    readonly starter: string,
    /** How many steps of elements it may take. */
    private readonly mostSteps: number,
  ) {
    this.givenUp = new Promise((_, reject) => (this.reject = reject));
    this.givenUp.catch(() => undefined);
    this.firstSave = new Promise((resolve) => (this.markSaved = resolve));
    let end!: () => void;
    this.ended = new Promise((resolve) => (end = resolve));
    this.end = end;
  }

  /** The engine's save: kept until the command commits. */
  save(instance: HostInstance): void {
    this.saved.set(instance.id, instance);
    if (this.background) this.begun ??= stateOf(instance);
    this.markSaved();
  }

  /** Waits for the promise before the command settles; its rejection is never unhandled. */
  track<T>(promise: Promise<T>): Promise<T> {
    this.inflight.add(promise);
    promise.then(
      () => this.inflight.delete(promise),
      () => this.inflight.delete(promise),
    );
    return promise;
  }

  /** Knows of what a listener does in the background, until it has done it. */
  listen(work: Promise<unknown>): void {
    this.listening.add(work);
    const done = (): void => void this.listening.delete(work);
    work.then(done, done);
  }

  /** For what the host calls without waiting: the command waits for it, and fails with it. */
  async join(work: Promise<unknown>): Promise<void> {
    await this.track(
      work.then(
        () => undefined,
        (error: unknown) => this.fail(error),
      ),
    );
  }

  /** The instance that it is about: the one whose lock it took, else the first that it made. */
  get instanceId(): string | undefined {
    const [first] = this.executions.keys();
    return [...this.held][0] ?? first;
  }

  /**
   * Counts one step of an element. With one too many the command is given up, whoever catches what is thrown.
   * @throws GuardError `too-many-steps`; why the command was given up, so that its work ends
   */
  step(): void {
    if (this.givenUpFor !== undefined) throw this.givenUpFor;
    if (++this.steps <= this.mostSteps) return;
    const error = new GuardError(
      'too-many-steps',
      `A command may take ${this.mostSteps} steps; the model goes on without waiting.`,
    );
    this.giveUp(error);
    throw error;
  }

  /**
   * Gives the command up: what it still does is not stored. Once it has settled it is being written, and goes on.
   * @returns whether it was given up
   */
  giveUp(error: Error): boolean {
    if (this.settled || this.finished) return false;
    this.givenUpFor = error;
    this.failed = true;
    this.reject(error);
    return true;
  }

  /** Waits for the work, until the command is given up. */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.givenUp]);
  }

  fail(error: unknown): void {
    this.error ??= error instanceof Error ? error : new Error(String(error));
  }

  /**
   * Waits for all that was begun, and brings what is saved up to what has become of it. @throws the error of
   * what nobody waits for
   */
  async settle(): Promise<void> {
    do {
      while (this.inflight.size > 0) await this.within(Promise.allSettled(this.inflight));
      await this.within(this.beforeCommit());
    } while (this.inflight.size > 0);
    if (this.error !== undefined) throw this.error;
    for (const execution of this.executions.values())
      if (this.saved.get(execution.id) === execution.instance) execution.getState();
    this.settled = true;
  }

  /** Notes work on an item of another instance: stored with the sender, done when that is. */
  note(from: string, itemId: string, data: Record<string, unknown> | null, acting: Acting): void {
    const { starter, actor } = acting;
    const delivery: Delivery = {
      key: randomUUID(),
      itemId,
      data: structuredClone(data),
      causer: starter,
      ...(actor === starter ? {} : { actor }),
    };
    this.deliveries.set(from, [...(this.deliveries.get(from) ?? []), delivery]);
  }
}

/** A copy of what is stored of a live instance, without the objects that hang on it. */
export function stateOf(instance: HostInstance): HostInstance {
  return detach({ ...instance }) as HostInstance;
}
