import type { Decision } from '../../core/decision/decision.js';
import { AccessDenied, Conflict } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { StoredModel } from '../../store/port.js';
import type { ModelTimers } from '../execution/model-timers.js';
import { policiesNaming } from '../policy-book/naming-policies.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import { readableModel } from './model-access.js';
import type { ModelPlacing } from './model-placing.js';
import type { ModelSaving } from './model-saving.js';

/** A model, and the name that it is to have. */
interface Renaming {
  readonly model: StoredModel;
  readonly wanted: string;
  readonly holdsCode: boolean;
}

/** Renames and deletes models. */
export class ModelChanges {
  constructor(
    private readonly calls: Calls,
    private readonly saving: ModelSaving,
    private readonly timers: ModelTimers,
    private readonly places: ModelPlacing,
  ) {}

  async remove(call: Call, given: unknown): Promise<boolean> {
    const { calls } = this;
    const model = await readableModel(calls, call, given);
    const { name, owner = null } = model;
    const decision = call.assert('model:delete', { model }, true);
    this.timers.unschedule(name, owner);
    const removed = await this.saving.orLookAgain([name], owner, () =>
      calls.store.models.remove(name, owner),
    );
    // Recorded first: it is done, whatever becomes of the rest.
    await calls.audit.allowed(call.principal, 'model:delete', { kind: 'model', name }, decision);
    await this.places.removed(call, name);
    return removed;
  }

  /**
   * Renames a model while the policies do not change: a rule that is made meanwhile would be about no model, and
   * whoever renames it could have lost the permission.
   */
  async rename(call: Call, given: unknown, newName: unknown): Promise<boolean> {
    const { calls } = this;
    const seen = await readableModel(calls, call, given);
    // Callers who may not do it are refused without waiting for others.
    call.assert('model:write', { model: seen }, true);
    const wanted = checkModelName(newName);
    const holdsCode = await this.saving.holdsCode(seen);
    return this.places.alone(call, async (now) => {
      const model = await readableModel(calls, now, given);
      if (model.source !== seen.source || model.owner !== seen.owner)
        throw new Conflict('conflict', 'The model was saved by someone else in the meantime.');
      return this.renameNow(now, { model, wanted, holdsCode });
    });
  }

  private async renameNow(call: Call, renaming: Renaming): Promise<boolean> {
    const { models } = this.calls.store;
    const { model, wanted } = renaming;
    const { name, owner = null } = model;
    const decision = this.assertMayRename(call, renaming);
    if ((await models.get(wanted, owner)) !== undefined)
      throw new Conflict('conflict', 'A model of the new name already exists.');
    await this.assertUnnamed(call, name);
    await this.places.copied(call, name, wanted, async (now) => {
      this.assertMayRename(now, renaming);
      await this.assertUnnamed(now, name);
    });
    this.timers.unschedule(name, owner);
    const renamed = await this.saving.orLookAgain([name, wanted], owner, () =>
      models.rename(name, owner, wanted),
    );
    this.timers.schedule({ ...model, name: wanted });
    // Recorded first, as above.
    await this.calls.audit.allowed(call.principal, 'model:write', { kind: 'model', name }, decision);
    await this.places.removed(call, name);
    return renamed;
  }

  /**
   * Its code, if it holds any, then runs wherever the new name is called.
   * @throws AccessDenied `forbidden`
   */
  private assertMayRename(call: Call, { model, wanted, holdsCode }: Renaming): Decision {
    const decision = call.assert('model:write', { model }, true);
    if (holdsCode) call.assert('model:code', { model: { ...model, name: wanted } }, true);
    const { principal } = call;
    if ((model.owner ?? undefined) !== principal.tenantId && !principal.isSystem())
      throw new AccessDenied(
        'forbidden',
        'Only SYSTEM may rename a model that does not belong to your tenant: policies of others may name it.',
      );
    return decision;
  }

  /** @throws Conflict `wrong-state` */
  private async assertUnnamed(call: Call, name: string): Promise<void> {
    const { set } = await this.calls.stored(call);
    const named = policiesNaming(call, set, name);
    if (named !== undefined)
      throw new Conflict('wrong-state', `Policies name this model, and would no longer apply${named}.`);
  }
}
