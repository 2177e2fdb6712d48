import { AsyncLocalStorage } from 'node:async_hooks';
import type { SecureUser } from '../../core/principal.js';
import type { Acting, Command } from './command.js';

/** Where in a model code runs. */
export interface Place {
  readonly acting?: Acting | undefined;
  readonly instanceId: string;
  readonly itemId?: string;
  readonly elementId?: string;
}

interface Ambient {
  /** Undefined: somebody calls from outside, and it is nobody who is known. */
  readonly principal: SecureUser | undefined;
  /** Who really calls, where it is not the principal: the name of the key that calls on its behalf. */
  readonly actor: string | undefined;
  ended: boolean;
}

/** What runs somewhere, as far as the guard knows it. */
interface Frame {
  readonly ambient?: Ambient;
  readonly command?: Command;
  readonly place?: Place;
}

/**
 * The async contexts of one guard: who calls from outside, which command is running inside, and where in its model.
 * They share one AsyncLocalStorage, since Node hands each of those on with every promise that is made.
 */
export class Contexts {
  private readonly frames = new AsyncLocalStorage<Frame | undefined>();

  private get ambient(): Ambient | undefined {
    return this.frames.getStore()?.ambient;
  }

  private enter<T>(part: Frame, fn: () => T): T {
    return this.frames.run({ ...this.frames.getStore(), ...part }, fn);
  }

  /** The principal of `runAs`, until the promise that its function returned has settled. */
  get principal(): SecureUser | undefined {
    const { ambient } = this;
    return ambient === undefined || ambient.ended ? undefined : ambient.principal;
  }

  /**
   * True in a request of nobody, and in what still runs after the function of `runAs` has ended. Code outside every
   * context is the application's own, and trusted; this is not.
   */
  get isNobody(): boolean {
    return this.ambient !== undefined && this.principal === undefined;
  }

  /** Who called on whose behalf; also in what still runs after the call has ended. */
  get onBehalf(): { readonly actor: string; readonly userName: string } | undefined {
    const { actor, principal } = this.ambient ?? {};
    return actor === undefined || principal === undefined
      ? undefined
      : { actor, userName: principal.userName };
  }

  /** @param actor who calls on behalf of the principal, where that is somebody else */
  runAs<T>(principal: SecureUser, fn: () => T | PromiseLike<T>, actor?: string): Promise<T> {
    return this.within({ principal, actor, ended: false }, fn);
  }

  /** Runs what comes from outside without a principal: a request that shows nothing, or is refused. */
  runAsNobody<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return this.within({ principal: undefined, actor: undefined, ended: false }, fn);
  }

  private async within<T>(ambient: Ambient, fn: () => T | PromiseLike<T>): Promise<T> {
    try {
      // Awaited inside: a query of a database library is begun by whoever awaits it.
      return await this.enter({ ambient }, async () => await fn());
    } finally {
      ambient.ended = true;
    }
  }

  /** The command that is running here. */
  get command(): Command | undefined {
    const { origin } = this;
    return origin === undefined || origin.finished ? undefined : origin;
  }

  /** The command that what runs here belongs to, though it may have ended. */
  get origin(): Command | undefined {
    return this.frames.getStore()?.command;
  }

  /** Where in a model what runs here was begun. */
  get place(): Place | undefined {
    return this.frames.getStore()?.place;
  }

  /** Runs code of a model; what it leaves running is known by its place. */
  at<T>(place: Place, fn: () => T): T {
    return this.enter({ place: { acting: this.place?.acting, ...place } }, fn);
  }

  /** Whose work it is that runs here; undefined outside of commands. */
  get acting(): Acting | undefined {
    const { command } = this;
    return command && (this.place?.acting ?? { starter: command.starter, actor: command.starter });
  }

  /** @throws why, in what a command that was given up left running: it may begin nothing any more. */
  assertNotGivenUp(): void {
    const reason = this.origin?.givenUpFor;
    if (reason !== undefined) throw reason;
  }

  /** True in what a failed command left running: its saves are dropped. */
  get abandoned(): boolean {
    return this.origin?.failed === true;
  }

  runCommand<T>(command: Command, fn: () => Promise<T>): Promise<T> {
    return this.enter({ command }, fn);
  }

  /** Runs outside every context: for timers, which act for nobody who called once. */
  outside<T>(fn: () => T): T {
    return this.frames.run(undefined, fn);
  }

  /** Lets go of the contexts when the guard is closed: Node would hand them on with each promise for ever. */
  close(): void {
    this.frames.disable();
  }
}
