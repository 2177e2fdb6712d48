import { BadInput, Conflict, notFound } from '../../core/errors.js';
import type { Decision } from '../../core/decision/decision.js';
import type { Operation } from '../../core/operation.js';
import type { Facts } from '../../core/policy.js';
import type { CaseRole } from '../../core/policies/case-roles/declaration.js';
import type { CaseOperation } from '../../core/policies/case-roles/operations.js';
import type { InstanceGuard, StoredInstance } from '../../store/port.js';
import { nextGuard } from '../execution/commit.js';
import { rewrite } from '../execution/rewrite.js';
import type { Command } from '../execution/command.js';
import { assertRoom, recordAddition } from '../execution/room.js';
import { deriveFacts } from '../model/derive.js';
import type { HostInstance } from '../model/host.js';
import type { Data } from '../contract/types.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import type { CommandParts } from './command-parts.js';
import type { Done } from './done.js';

/** What a command requests: an operation, and a case operation of it. */
export interface Asked {
  readonly operation: Operation;
  readonly facts?: Facts;
}

export const asked = (operation: Operation, caseOperation: CaseOperation): Asked =>
  Object.freeze({ operation, facts: Object.freeze({ caseOperation }) });

/** An instance under its lock, with the call made again there. */
export interface LockedCase {
  readonly call: Call;
  readonly command: Command;
  readonly instance: StoredInstance;
  readonly guard: InstanceGuard | undefined;
}

/** What a command writes. */
interface Change<T> {
  readonly guard?: Partial<InstanceGuard>;
  readonly data?: Data;
  /** The size of `data` counts as an addition of the caller. */
  readonly added?: Data;
  readonly result: T;
}

/** @throws BadInput `bad-request` if the instance is not a case */
export function assertCase({ guard }: StoredInstance, declared: readonly CaseRole[]): void {
  if (guard?.caseRoles === undefined && declared.length === 0)
    throw new BadInput('bad-request', 'The model of this instance declares no roles.');
}

/** What a command on a case has done, and the case as stored. */
interface Changed<T> extends Done<T> {
  readonly instance: StoredInstance;
}

/** Runs commands on cases, each under the instance's lock. None completes a task. */
export class CaseCommands {
  constructor(readonly parts: CommandParts) {}

  /** An instance that the caller may read. @throws AccessDenied `not-found` */
  readable(call: Call, instanceId: unknown): Promise<StoredInstance> {
    return this.parts.reads.oneInstance(call, { id: checkId(instanceId, 'The id of the instance') });
  }

  /**
   * Decides, takes the lock, reads again, decides again, and writes what `work` gives in one write.
   * @param wish what is asked for, given the instance as it is then and the call
   */
  async change<T>(
    call: Call,
    instanceId: unknown,
    wish: (instance: StoredInstance, call: Call) => Asked,
    work: (locked: LockedCase) => Promise<Change<T>>,
  ): Promise<T> {
    return (await this.changed(call, instanceId, wish, work)).result;
  }

  /** Like `change`, for who shows the case afterwards. */
  async changed<T>(
    call: Call,
    instanceId: unknown,
    wish: (instance: StoredInstance, call: Call) => Asked,
    work: (locked: LockedCase) => Promise<Change<T>>,
  ): Promise<Changed<T>> {
    const decide = (asker: Call, instance: StoredInstance): Decision => {
      const { operation, facts } = wish(instance, asker);
      return asker.assert(operation, { instance }, true, facts);
    };
    const found = await this.readable(call, instanceId);
    decide(call, found);
    return this.parts.runner.onInstance(found.id, call.principal, async (command, instance) => {
      const now = await call.again();
      // Whether it may be read comes first: what is asked for may depend on what only readers know.
      if (!now.mayReadInstance(instance)) throw notFound('instance');
      if (command.suspended.all) throw new Conflict('wrong-state', 'The instance is suspended.');
      const decision = decide(now, instance);
      const locked = { call: now, command, instance, guard: instance.guard };
      const change = await work(locked);
      const stored = await this.write(locked, change);
      const { id } = instance;
      const target = { kind: 'instance', id, instanceId: id };
      command.afterwards.push(() =>
        this.parts.calls.audit.allowed(now.principal, decision.operation, target, decision),
      );
      return { call: now, result: change.result, instance: stored };
    });
  }

  private async write<T>(
    { instance, command, guard }: LockedCase,
    { guard: changed, data, added }: Change<T>,
  ): Promise<StoredInstance> {
    const { models, calls } = this.parts;
    const { store } = calls;
    if (guard === undefined && changed !== undefined) {
      // What a host without a guard has stored gets all that its model says with the first such change.
      return rewrite({ store, models }, command, instance, (_document, kept) => {
        Object.assign(kept, changed);
      });
    }
    const after: StoredInstance = { ...instance, data: data ?? instance.data };
    if (guard !== undefined) {
      const next = nextGuard({ ...guard, ...changed });
      after.guard = next;
      if (added !== undefined) {
        recordAddition(command, 'data', added);
        assertRoom(command, after as unknown as HostInstance, this.parts.runner.hostStore.keep.room);
      }
      deriveFacts(after, next);
    }
    const fields = {
      ...(data !== undefined && { data }),
      ...(after.guard !== undefined && { guard: after.guard }),
    };
    const read = command.read.get(instance.id);
    const write = (): Promise<boolean> =>
      store.instances.update(instance.id, guard?.rev, fields, undefined, read);
    if (!(await command.write(write)))
      throw new Conflict('conflict', 'The instance was changed by someone else in the meantime.');
    return after;
  }
}
