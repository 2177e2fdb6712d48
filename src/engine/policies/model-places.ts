import { AccessDenied, Conflict, isGuardError } from '../../core/errors.js';
import { inTenant } from '../../core/marks/mark.js';
import { ROOT } from '../../core/policies/sections/permissions.js';
import {
  modelId,
  SECTION_MODEL,
  type ModelRef,
  type SectionModel,
} from '../../core/policies/sections/section-entries.js';
import { newModelIn } from '../../core/policies/sections/section-rules.js';
import { policyName } from '../../core/policies/entries.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import { OUTDATED } from '../../store/query/plan-marks.js';
import type { Asker } from '../execution/change-turns.js';
import type { Call } from '../enforcement/call.js';
import type { Calls } from '../enforcement/calls.js';
import type { ModelPlacing, StillMay } from '../enforcement/model-placing.js';
import type { HostModels } from '../execution/host-models.js';
import type { Retries } from '../execution/retries.js';
import { PolicyCommands } from './policy-commands.js';
import { isStated, modelIn, refOf, withCopy, withNewModel, withoutModel } from './section-changes.js';

/** How often a change is repeated because others changed the policies at the same time. */
const TRIES = 20;

/** What changes a set; nothing if it needs no change. */
type Make = (set: PolicySet, call: Call) => PolicyChange[] | Promise<PolicyChange[]>;

/** A caller who asks for a change before the model is changed, and may be refused. */
interface Asking {
  readonly by: Asker;
  readonly stillMay: StillMay;
}

const isAt = (model: SectionModel | undefined, section: string): boolean =>
  model?.gone !== true && (model?.section ?? ROOT) === section;

export class ModelPlaces implements ModelPlacing {
  private readonly commands: PolicyCommands;

  constructor(
    private readonly calls: Calls,
    models: Pick<HostModels, 'definition'>,
    private readonly retries: Pick<Retries, 'attempt'>,
  ) {
    this.commands = new PolicyCommands(calls, models);
  }

  target(
    { principal, inForce: { set } }: Call,
    name: string,
    section: unknown,
  ): { readonly section: string } {
    const ref = refOf(principal, name);
    const isFixed = set.fileOf(SECTION_MODEL, modelId(ref)) !== undefined;
    const given = section === undefined || section === null ? undefined : policyName(section, 'A section');
    return newModelIn(isFixed ? modelIn(set, ref)?.section : given);
  }

  alone<T>(call: Call, work: (now: Call) => Promise<T>): Promise<T> {
    const inTurn = async (): Promise<T> => work(await this.commands.renewed(call));
    return this.calls.changes.take(this.commands.tenantOf(call), inTurn, call.principal);
  }

  async made(call: Call, name: string, section: string, stillMay: StillMay): Promise<() => Promise<void>> {
    const ref = refOf(call.principal, name);
    let before: SectionModel | undefined;
    const make: Make = async (set, now) => {
      await this.assertFree(call, name);
      await this.assertUnused(now, name);
      before = modelIn(set, ref);
      return section === ROOT && !isStated(set, ref)
        ? []
        : withNewModel(set, ref, section, this.commands.authorOf(now));
    };
    await this.change(call, `the model ${name} is new`, make, { by: call.principal, stillMay });
    return () =>
      this.follow(call, `the model ${name} is another's`, (set) =>
        isAt(modelIn(set, ref), section) && !isAt(before, section)
          ? withNewModel(set, ref, before?.section ?? ROOT, before?.by)
          : [],
      );
  }

  kept(call: Call, name: string, section: string): Promise<void> {
    const ref = refOf(call.principal, name);
    return this.follow(call, `the model ${name} is new`, (set) =>
      isAt(modelIn(set, ref), section) ? [] : withNewModel(set, ref, section, this.commands.authorOf(call)),
    );
  }

  copied(call: Call, from: string, to: string, stillMay: StillMay): Promise<void> {
    const refs = [refOf(call.principal, from), refOf(call.principal, to)] as const;
    const make: Make = async (set, now) => {
      await this.assertFree(call, to);
      await this.assertUnused(now, to);
      const file = set.fileOf(SECTION_MODEL, modelId(refs[1]));
      if (file !== undefined)
        throw new Conflict(
          'managed-by-file',
          `The policy file ${file} names the section of ${to}: a model cannot be renamed to that.`,
        );
      return refs.some((ref) => isStated(set, ref))
        ? withCopy(set, ...refs, this.commands.authorOf(now))
        : [];
    };
    return this.change(call, `the model ${from} becomes ${to}`, make, { by: call.principal, stillMay });
  }

  /**
   * A model that someone else has made meanwhile stays in its section. Read after the policies: who has made it since
   * has changed them, or will.
   * @throws Conflict `conflict`
   */
  private async assertFree(call: Call, name: string): Promise<void> {
    if (await this.exists(call, name)) throw new Conflict('conflict', 'A model of that name already exists.');
  }

  private async exists({ principal }: Call, name: string): Promise<boolean> {
    return (await this.calls.store.models.get(name, principal.owner ?? null)) !== undefined;
  }

  /**
   * Instances of an earlier model of the name would get the permissions of the new one's section, so that whoever
   * chooses the section would choose who sees them.
   * @throws AccessDenied `forbidden`, except for administrators
   */
  private async assertUnused({ principal }: Call, name: string): Promise<void> {
    if (principal.isAdmin() || this.calls.bypass) return;
    const filter = { name, tenantId: principal.tenantId ?? null };
    const { instances } = this.calls.store;
    const marks = { field: 'guard.read', anyOf: [inTenant(principal.tenantId, `m:${name}`)] } as const;
    // Also finds those without these marks: otherwise the name of a missed one could be reused.
    const found = await Promise.all([
      instances.exists({ filter, marks }),
      instances.exists({ filter: { $and: [OUTDATED, filter] } }),
    ]);
    if (found.includes(true))
      throw new AccessDenied(
        'forbidden',
        'Instances of an earlier model of this name are stored:' +
          ' only an administrator may give the name to another model.',
      );
  }

  removed(call: Call, name: string): Promise<void> {
    const ref: ModelRef = refOf(call.principal, name);
    return this.follow(call, `the model ${name} is gone`, async (set) =>
      // Unless someone else has made another one of that name.
      (await this.exists(call, name)) ? [] : withoutModel(set, ref),
    );
  }

  /** Makes a change that follows from one of a model that is made: what an outage prevents is done later. */
  private follow(call: Call, reason: string, make: Make): Promise<void> {
    return this.retries.attempt(`the change of policies because ${reason}`, () =>
      this.change(call, reason, make),
    );
  }

  /**
   * Makes a change that comes with one of a model, which others that change the policies do not stop.
   * @param asking missing: it must be made
   */
  private async change(call: Call, reason: string, make: Make, asking?: Asking): Promise<void> {
    // Without sections there is nothing to keep, and no further query.
    if (!call.inForce.sections.exist && !this.calls.bypass) return;
    const { book, changes } = this.calls;
    const tenantId = this.commands.tenantOf(call);
    const { sections, set } = await book.current(tenantId);
    // Most need no change, and wait for nobody.
    if (!sections.exist || (await make(set, call)).length === 0) return;
    await changes.take(tenantId, () => this.changeNow(call, reason, make, asking?.stillMay), asking?.by);
  }

  private async changeNow(call: Call, reason: string, make: Make, stillMay?: StillMay): Promise<void> {
    for (let tries = 1; ; tries++) {
      const again = stillMay === undefined ? call : await this.commands.renewed(call);
      await stillMay?.(again);
      const now = await this.calls.book.current(this.commands.tenantOf(call));
      if (!now.sections.exist) return;
      const changes = await make(now.set, again);
      if (changes.length === 0) return;
      try {
        const options = { reason: reason.slice(0, 1000), allowUnknownModels: true };
        await this.commands.change(again, now, changes, options, stillMay);
        return;
      } catch (error) {
        if (!isGuardError(error) || error.code !== 'conflict' || tries >= TRIES) throw error;
      }
    }
  }
}
