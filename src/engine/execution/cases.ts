import { CALL_ACTIVITY } from '../../core/condition/element-types.js';
import { CouldNotTell } from '../../core/errors.js';
import { inTenant } from '../../core/marks/mark.js';
import type { InstanceGuard, Store, StoredFields, StoredInstance, TaskFact } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { itemsOf } from '../../store/query/stored.js';
import { mergeFacts, pastFacts, taskFacts, type CaseFacts } from '../model/case-facts.js';
import { changeGuard } from './change-guard.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { InstanceLocks } from './locks.js';
import type { Retries } from './retries.js';

/** The instances that one case may have while duties span them, and how deep its calls may be. */
const MOST = { instances: 1000, depth: 100 };

interface Member {
  readonly instance: StoredInstance;
  readonly facts: readonly TaskFact[];
}

/** Takes one more lock for a command, released with the others. */
export type Hold = (id: string) => Promise<void>;

/** What of an instance places it in its case. */
type Named = Pick<StoredFields, 'id' | 'guard' | 'tenantId'> & { readonly parentItemId?: unknown };

const unclear = (why: string): CouldNotTell =>
  new CouldNotTell('could-not-tell', `Could not tell who did what in this case: ${why}.`);

/**
 * Who did what in the other instances of a case: in processes that call, or are called. Duties across instances are
 * decided under a lock of the whole case, by what its instances contain then. Each instance also has a copy of the
 * facts of the others, by which lists are scoped; it is written with the command that changes the facts where both
 * instances are part of it, and directly after it otherwise.
 */
export class Cases {
  constructor(
    private readonly store: Pick<Store, 'instances'>,
    private readonly locks: Pick<InstanceLocks, 'lock'>,
    private readonly contexts: Pick<Contexts, 'outside'>,
    private readonly retries: Pick<Retries, 'attempt'>,
  ) {}

  /**
   * Locks the case of an instance and reads what its other instances tell.
   * @throws CouldNotTell `could-not-tell` if the case is too large
   */
  async lock(instance: Named, hold: Hold): Promise<CaseFacts> {
    const { top } = await this.callersOf(instance);
    await hold(`case ${top}`);
    return this.read(instance.id);
  }

  /** What the other instances of the case tell now. */
  async read(id: string): Promise<CaseFacts> {
    const instance = await this.store.instances.load(id, LARGE_FIELDS);
    if (instance === undefined) return {};
    const { top, callers } = await this.callersOf(instance);
    const members = await this.membersOf(top, instance.tenantId);
    const others = members.filter((member) => member.instance.id !== id).map(({ facts }) => facts);
    return {
      ...(top !== id && { root: top, callers }),
      did: mergeFacts(pastFacts(instance.guard?.did ?? []), ...others),
    };
  }

  /** Follows the calls upwards: the instance at the top, and who started those on the way. */
  private async callersOf(instance: Named): Promise<{ top: string; callers: string[] }> {
    const callers: string[] = [];
    let top: Named = instance;
    for (let depth = 0; typeof top.parentItemId === 'string'; depth++) {
      if (depth === MOST.depth) throw unclear('its calls are too deep');
      const { root, callers: told } = (top.guard ?? {}) as Partial<InstanceGuard>;
      if (root !== undefined) return { top: root, callers: [...new Set([...callers, ...(told ?? [])])] };
      const [caller] = await this.store.instances.findItems({
        before: { items: { $elemMatch: { id: top.parentItemId } } },
        each: { 'items.id': top.parentItemId },
        needsAll: false,
      });
      // The instance that called is gone.
      if (caller === undefined) break;
      if (typeof caller.guard?.startedBy === 'string') callers.push(caller.guard.startedBy);
      top = caller;
    }
    return { top: top.id, callers: [...new Set(callers)] };
  }

  /** The instances of the case, as far as they are stored. */
  private async membersOf(top: string, tenantId: string | null | undefined): Promise<Member[]> {
    const members = new Map<string, StoredInstance>();
    const add = async (found: readonly StoredInstance[]): Promise<void> => {
      for (const instance of found) members.set(instance.id, instance);
      if (members.size > MOST.instances) throw unclear(`it has more than ${MOST.instances} instances`);
    };
    const { instances } = this.store;
    const first = await instances.load(top, LARGE_FIELDS);
    if (first !== undefined) await add([first]);
    const marks = {
      field: 'guard.read',
      anyOf: [inTenant(tenantId ?? undefined, `f:${top}`)],
    } as const;
    const limit = MOST.instances + 1;
    await add(await instances.find({ filter: { 'guard.root': top }, marks, without: LARGE_FIELDS, limit }));
    // Called processes stored before they were told of their case.
    for (let seen = 0; seen < members.size;) {
      const calls = [...members.values()].slice(seen).flatMap(callsOf);
      seen = members.size;
      const known = new Set([...members.values()].map(({ parentItemId }) => parentItemId));
      const untold = calls.filter((id) => !known.has(id));
      if (untold.length > 0)
        await add(
          await instances.find({ filter: { parentItemId: { $in: untold } }, without: LARGE_FIELDS, limit }),
        );
    }
    // A write that was committed with another instance counts, even if a crash has kept it from its own.
    for (const { guard } of [...members.values()])
      for (const { fields } of guard?.pending ?? []) members.set(fields.id, fields);
    return [...members.values()].map((instance) => ({
      instance,
      facts: instance.guard?.facts ?? taskFacts(instance, instance.guard),
    }));
  }

  /** Brings the copies up to date after a command. A failure leaves it to a later attempt, or to the next start. */
  async afterCommand(command: Command): Promise<void> {
    for (const { instance } of command.executions.values())
      if ((instance.guard as InstanceGuard | undefined)?.untold === true)
        await this.retries.attempt('telling who did a task', () => this.tell(instance.id), {
          instance: instance.id,
        });
  }

  /** Tells the other instances of the case what the instance contains, each under its lock. */
  tell(id: string): Promise<void> {
    return this.contexts.outside(async () => {
      const instance = await this.store.instances.load(id, LARGE_FIELDS);
      if (instance?.guard?.untold !== true) return;
      const { top } = await this.callersOf(instance);
      for (const { instance: member } of await this.membersOf(top, instance.tenantId))
        if (member.id !== id && member.status === 'running')
          await this.locked(member.id, () => this.learn(member.id));
      await this.locked(id, () =>
        changeGuard(this.store as Store, id, ({ untold: _told, ...guard }) => guard),
      );
    });
  }

  private async learn(id: string): Promise<void> {
    const facts = await this.read(id);
    await changeGuard(this.store as Store, id, (guard) => ({ ...guard, ...facts }));
  }

  private async locked(id: string, work: () => Promise<void>): Promise<void> {
    const release = await this.locks.lock(id);
    let failure: unknown;
    try {
      await work();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await release(failure);
    }
  }
}

const callsOf = (instance: StoredInstance): string[] =>
  itemsOf(instance).flatMap(({ id, type }) => (type === CALL_ACTIVITY ? [id] : []));
