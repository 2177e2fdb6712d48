import { AsyncLocalStorage } from 'node:async_hooks';
import type { GuardError } from '../../core/errors.js';
import { assertArgument, FUNCTION } from '../../core/options.js';
import type { SecureUser } from '../../core/principal.js';
import type { Acting, Command } from './command.js';

/** A place in a model where code runs. */
export interface Place {
  readonly acting?: Acting | undefined;
  readonly instanceId: string;
  readonly itemId?: string;
  readonly elementId?: string;
}

interface Ambient {
  /** Undefined: an outside call without a known caller. */
  readonly principal: SecureUser | undefined;
  /** The real caller, if it is not the principal: the name of the key that calls on the principal's behalf. */
  readonly actor: string | undefined;
  ended: boolean;
}

/**
 * Answers the request that running code belongs to with a refusal that nothing caught.
 * @returns whether it did; false if the request has an answer, or the caller has gone
 */
export type Answer = (refusal: GuardError) => boolean;

/** The context of running code, as far as the guard knows it. */
interface Frame {
  readonly ambient?: Ambient;
  readonly command?: Command;
  readonly place?: Place;
  /** A change of the policies. */
  readonly change?: { ended: boolean };
  /** A change of users, or of who manages. */
  readonly people?: { ended: boolean };
  readonly answer?: Answer;
  /** The same for a request that has not reached any middleware of the guard. */
  readonly arrival?: Answer;
}

/**
 * The async contexts of one guard: the outside caller and its request, the running command, and the place in its
 * model. They share one AsyncLocalStorage, because Node passes each storage on with every promise.
 */
export class Contexts {
  private readonly frames = new AsyncLocalStorage<Frame | undefined>();

  private get ambient(): Ambient | undefined {
    return this.frames.getStore()?.ambient;
  }

  private enter<T>(part: Frame, fn: () => T): T {
    return this.frames.run({ ...this.frames.getStore(), ...part }, fn);
  }

  /** The principal of `runAs`, until the promise returned by its function settles. */
  get principal(): SecureUser | undefined {
    const { ambient } = this;
    return ambient === undefined || ambient.ended ? undefined : ambient.principal;
  }

  /**
   * True in a request without a caller, before and after `authenticate`, and in work that outlives the function of
   * `runAs`. Code outside every context may be a request, too, whose context was lost.
   */
  get isNobody(): boolean {
    if (this.principal !== undefined) return false;
    return this.ambient !== undefined || this.answer !== undefined || this.arrival !== undefined;
  }

  /** The actor and the user it acts for; also in work that outlives the call. */
  get onBehalf(): { readonly actor: string; readonly userName: string } | undefined {
    const { actor, principal } = this.ambient ?? {};
    return actor === undefined || principal === undefined
      ? undefined
      : { actor, userName: principal.userName };
  }

  /** @param actor who calls on behalf of the principal, if that is someone else */
  runAs<T>(principal: SecureUser, fn: () => T | PromiseLike<T>, actor?: string): Promise<T> {
    return this.within({ principal, actor, ended: false }, fn);
  }

  /** Runs outside work without a principal: a request without credentials, or a refused one. */
  runAsNobody<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return this.within({ principal: undefined, actor: undefined, ended: false }, fn);
  }

  private async within<T>(ambient: Ambient, fn: () => T | PromiseLike<T>): Promise<T> {
    assertArgument('runAs', fn, FUNCTION);
    try {
      // Awaited inside, because a database library's query starts only when it is awaited.
      return await this.enter({ ambient }, async () => await fn());
    } finally {
      ambient.ended = true;
    }
  }

  /** How the request that the code running here belongs to is answered; undefined outside requests. */
  get answer(): Answer | undefined {
    return this.frames.getStore()?.answer;
  }

  /** Runs the work of a request. It keeps its request in every `runAs` inside it. */
  answering<T>(answer: Answer, fn: () => T): T {
    return this.enter({ answer }, fn);
  }

  /** How the request is answered although it has not reached any middleware of the guard. */
  get arrival(): Answer | undefined {
    return this.frames.getStore()?.arrival;
  }

  /** Everything that the current code begins from now on is the work of a request that has just arrived. */
  arrived(arrival: Answer): void {
    this.frames.enterWith({ ...this.frames.getStore(), arrival });
  }

  /** The command that is running here. */
  get command(): Command | undefined {
    const { origin } = this;
    return origin === undefined || origin.finished ? undefined : origin;
  }

  /** The command to which the code running here belongs; it may have ended. */
  get origin(): Command | undefined {
    return this.frames.getStore()?.command;
  }

  /** The place in a model where the work running here began. */
  get place(): Place | undefined {
    return this.frames.getStore()?.place;
  }

  /** Runs code of a model. Work that it leaves running is identified by its place. */
  at<T>(place: Place, fn: () => T): T {
    return this.enter({ place: { acting: this.place?.acting, ...place } }, fn);
  }

  /** The starter and actor of the work running here; undefined outside commands. */
  get acting(): Acting | undefined {
    const { command } = this;
    return command && (this.place?.acting ?? { starter: command.starter, actor: command.starter });
  }

  /** @throws the reason, in work left running by a command that was given up: it may start nothing more. */
  assertNotGivenUp(): void {
    const reason = this.origin?.givenUpFor;
    if (reason !== undefined) throw reason;
  }

  /** True in work left running by a failed command: its saves are dropped. */
  get abandoned(): boolean {
    return this.origin?.failed === true;
  }

  runCommand<T>(command: Command, fn: () => Promise<T>): Promise<T> {
    return this.enter({ command }, fn);
  }

  /** True within a change of the policies, until it ends. */
  get isChanging(): boolean {
    return this.frames.getStore()?.change?.ended === false;
  }

  /** Runs a change of the policies. */
  changing<T>(fn: () => Promise<T>): Promise<T> {
    return this.during('change', fn);
  }

  /** True within a change of users, or of who manages, until it ends. */
  get isChangingPeople(): boolean {
    return this.frames.getStore()?.people?.ended === false;
  }

  /** Runs a change of users, or of who manages. */
  changingPeople<T>(fn: () => Promise<T>): Promise<T> {
    return this.during('people', fn);
  }

  private async during<T>(part: 'change' | 'people', fn: () => Promise<T>): Promise<T> {
    const change = { ended: false };
    try {
      return await this.enter({ [part]: change }, fn);
    } finally {
      change.ended = true;
    }
  }

  /** Runs outside every context: for timers, which must not act for an earlier caller. */
  outside<T>(fn: () => T): T {
    return this.frames.run(undefined, fn);
  }

  /** Releases the contexts when the guard is closed. Otherwise Node would pass them on with each promise for ever. */
  close(): void {
    this.frames.disable();
  }
}
