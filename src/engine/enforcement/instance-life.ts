import { today } from '../../core/clock.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import { Conflict, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { StoredInstance } from '../../store/port.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import type { InstanceView } from '../contract/types.js';
import { rewrite, type Rewriting } from '../execution/rewrite.js';
import { spreadOf } from '../execution/spread.js';
import { hasBelow, terminate } from '../execution/terminate.js';
import { assertReaches, ENDING } from './below.js';
import type { Call } from './call.js';
import { assertIdle, assertRunning, type CommandParts } from './command-parts.js';
import { knownIds, onLocked, recordInstance } from './locked-instance.js';
import { assertFits, assertMayMigrate, initiatorsAfter } from './migration.js';
import { instanceView } from './views.js';

const wrongState = (message: string): Conflict => new Conflict('wrong-state', message);

/** The commands on the life of an instance that bpmn-server does not have. */
export class InstanceLife {
  constructor(private readonly parts: CommandParts) {}

  private get rewriting(): Rewriting {
    const { calls, models } = this.parts;
    return { store: calls.store, models };
  }

  /** Finds the one instance of a command. */
  find(call: Call, where: unknown): Promise<StoredInstance> {
    return this.parts.reads.oneInstance(call, typeof where === 'string' ? { id: where } : where);
  }

  async suspend(call: Call, found: StoredInstance): Promise<InstanceView> {
    const done = await onLocked(this.parts, call, found, 'instance:suspend', async (locked) => {
      const { instance, command } = locked;
      assertIdle(instance);
      if (instance.guard?.suspension !== undefined) throw wrongState('The instance is suspended already.');
      await assertReaches(this.parts, locked.call, instance, {
        operation: 'instance:suspend',
        does: 'suspend',
        reaches: ({ guard }) => guard?.suspension === undefined,
      });
      recordInstance(this.parts, locked, undefined, 'suspended');
      return rewrite(this.rewriting, command, instance, (_document, guard) => {
        guard.suspension = { by: locked.call.principal.userName, at: today() };
        if (hasBelow(instance)) guard.spread = spreadOf(instance);
      });
    });
    await this.carryOn(done.result);
    return instanceView(done.call, done.result);
  }

  async resume(call: Call, found: StoredInstance): Promise<InstanceView> {
    const done = await onLocked(this.parts, call, found, 'instance:suspend', async (locked) => {
      const { instance, command } = locked;
      assertRunning(instance);
      const { suspension } = instance.guard ?? {};
      if (suspension === undefined) throw wrongState('The instance is not suspended.');
      if (suspension.with !== undefined && (await this.isSuspended(suspension.with)))
        throw wrongState('The instance is suspended with the one above it; resume that one.');
      const { root } = spreadOf(instance);
      await assertReaches(this.parts, locked.call, instance, {
        operation: 'instance:suspend',
        does: 'resume',
        reaches: ({ guard }) => guard?.suspension?.with === root,
      });
      recordInstance(this.parts, locked, undefined, 'resumed');
      return rewrite(this.rewriting, command, instance, (_document, guard) => {
        delete guard.suspension;
        if (hasBelow(instance)) guard.spread = spreadOf(instance);
      });
    });
    await this.carryOn(done.result);
    await this.parts.spread.awake(found.id);
    return instanceView(done.call, done.result);
  }

  /** Tries again later what cannot resume now, such as an instance below that is locked. */
  private async carryOn({ id, guard }: StoredInstance): Promise<void> {
    if (guard?.spread === undefined) return;
    const { spread, runner } = this.parts;
    await spread.run(id).catch(() => runner.inDoubt([id]));
  }

  /** Whether the instance above is still there and suspended. */
  private async isSuspended(id: string): Promise<boolean> {
    const above: StoredInstance | undefined = await this.parts.reads.whole(id);
    return above?.guard?.suspension !== undefined;
  }

  /**
   * Gives a running instance the current source of its own model or of another one. Refused as a whole if the model
   * lacks an element that the instance has reached.
   */
  async migrate(call: Call, found: StoredInstance, given: unknown): Promise<InstanceView> {
    const { calls, models } = this.parts;
    const name = checkModelName(given);
    const done = await onLocked(this.parts, call, found, 'instance:migrate', async (locked) => {
      const { instance, command } = locked;
      assertIdle(instance);
      const model = await calls.store.models.get(name, modelsOwnerOf(instance));
      if (model === undefined) throw notFound('model');
      await assertMayMigrate(this.parts, locked.call, instance, model);
      const source = model.source ?? '';
      const definition = await models.definition(name, source);
      assertFits(instance, definition);
      recordInstance(this.parts, locked, name, 'migrated');
      return rewrite(this.rewriting, command, instance, (document, guard) => {
        guard.initiators = initiatorsAfter(guard, definition);
        Object.assign(document, { name });
        // An instance that keeps no source of its own runs by that of the model.
        if (typeof instance.source !== 'string') return ['name'];
        Object.assign(document, { source, svg: model.svg ?? null });
        return ['name', ...DOCUMENT_FIELDS];
      });
    });
    return instanceView(done.call, done.result);
  }

  async terminate(call: Call, found: StoredInstance): Promise<string[]> {
    const { calls, runner, timers } = this.parts;
    const left = (id: string): void => runner.inDoubt([id]);
    const done = await onLocked(this.parts, call, found, 'instance:cancel', async (locked) => {
      assertRunning(locked.instance);
      await assertReaches(this.parts, locked.call, locked.instance, ENDING);
      recordInstance(this.parts, locked, undefined, 'terminated');
      return locked.command.write(() => terminate(calls.store.instances, found.id, left));
    });
    for (const one of done.result) timers.disarm(one);
    return knownIds(this.parts, done.call, done.result);
  }
}
