import { today } from '../../core/clock.js';
import { AccessDenied, Conflict, notFound } from '../../core/errors.js';
import { count, FLAG, TEXT, type OptionsOf } from '../../core/options.js';
import { setAfter } from '../../core/policy-set/kinds.js';
import { SECURITY_ROLE_ENTRIES } from '../../core/policies/security-role-entries.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import type { SecureUser } from '../../core/principal.js';
import { needsRight, type Right } from '../../core/rights.js';
import { show } from '../../core/value.js';
import type { Call } from '../enforcement/call.js';
import type { Calls } from '../enforcement/calls.js';
import type { PolicyChangeOptions, PolicyVersionView } from '../contract/policy-types.js';
import type { HostModels } from '../execution/host-models.js';
import { checked, copyOf, refuse } from '../contract/arguments.js';
import { assertReason, assertSound, peopleOf, whileManagersStay } from './change-checks.js';
import { assertMayGive } from '../policy-book/giving.js';
import { ModelNames } from './known-names.js';
import { changesIn } from './named-changes.js';
import { assertRoom } from './own-room.js';
import { Outdated, type InForce } from '../policy-book/policy-book.js';
import { assertNoSections } from './section-sight.js';
import { CHANGES } from './unrestricted.js';

export const MANAGE: Right = 'SecurityRole:Manage';
export const READ: Right = 'SecurityRole:Read';

const HISTORY = { default: 50, most: 500 };

export const CHANGE_OPTIONS = {
  expectedVersion: count('versions', 0),
  reason: TEXT,
  allowInternal: FLAG,
  allowUnknownModels: FLAG,
  switchOffSections: FLAG,
} satisfies OptionsOf<PolicyChangeOptions>;
export const HISTORY_OPTIONS = { limit: count('versions', 1, HISTORY.most), before: count('versions', 1) };

/** What comes from a file is changed only there, so that both never differ. @throws Conflict `managed-by-file` */
function assertNotFromFile(set: PolicySet, changes: readonly PolicyChange[]): void {
  for (const { kind, id } of changes) {
    const file = set.fileOf(kind, id);
    if (file !== undefined)
      throw new Conflict(
        'managed-by-file',
        `The ${kind} ${show(id)} comes from the policy file ${file}: change it there. If there are no policy files ` +
          'any more, release what they stated: bpmn-guard policy release, or policyFiles: { release: true }.',
      );
  }
}

/** The removal of an entry that exists. @throws AccessDenied `not-found` */
export function removal({ set }: InForce, kind: string, id: string, what: string): PolicyChange[] {
  if (!set.of(kind).has(id)) throw notFound(what);
  return [{ kind, id, value: null }];
}

/** Refuses callers who may not make a change: before it is examined, and again before it is stored. */
type May = (call: Call, now: InForce) => unknown;

interface Changing {
  readonly may?: May;
  readonly ifAny?: boolean;
}

/** What all calls about policies share: the policies in force for the caller's tenant, and the way to change them. */
export class PolicyCommands {
  constructor(
    readonly calls: Calls,
    private readonly models: Pick<HostModels, 'definition'>,
  ) {}

  /** Runs one public call with the policies in force, which a call itself ignores while the rules are switched off. */
  run<T>(user: unknown, work: (call: Call, now: InForce) => Promise<T>): Promise<T> {
    return this.calls.run(user, 'system:policy', { kind: 'system', name: 'policies' }, async (call) =>
      work(call, await this.calls.stored(call)),
    );
  }

  /**
   * Runs one public call that changes the policies, after the earlier ones.
   * @param may refuses callers who may not make changes, before they wait or make others wait; called again after a
   *   wait
   */
  inTurn<T>(user: unknown, may: May, work: (call: Call, now: InForce) => Promise<T>): Promise<T> {
    const { book, changes } = this.calls;
    return this.run(user, async (call, now) => {
      await may(call, now);
      const tenantId = this.tenantOf(call);
      const change = async (waited: boolean): Promise<T> => {
        if (!waited && book.newest(tenantId).set.version <= now.set.version) return work(call, now);
        const again = await this.renewed(call);
        const newest = await this.calls.stored(again);
        await may(again, newest);
        return work(again, newest);
      };
      return changes.take(tenantId, change, call.principal);
    });
  }

  /**
   * Runs one public call that changes the policies. Its options are as they are now, whatever its caller does later.
   * @param may refuses callers before anything is examined; default: those who may not change policies
   * @param ifAny without changes, the version stays; default: such a call is refused
   */
  changing(
    user: unknown,
    options: PolicyChangeOptions | undefined,
    make: (now: InForce, call: Call) => PolicyChange[] | Promise<PolicyChange[]>,
    { may = (call) => this.assertChanger(call), ifAny = false }: Changing = {},
  ): Promise<{ version: number }> {
    const how = copyOf(options);
    return this.inTurn(user, may, async (call, now) => {
      const changes = await make(now, call);
      if (ifAny && changes.length === 0) return { version: now.set.version };
      return this.change(call, now, changes, how, may);
    });
  }

  tenantOf({ principal }: Call): string | null {
    return principal.tenantId ?? null;
  }

  /** @throws AccessDenied `forbidden`, unless the caller may read policies */
  assertPolicy(call: Call): void {
    call.assert('system:policy', {}, true);
  }

  /** @throws AccessDenied `forbidden`, unless the caller may change policies, of whatever kind */
  assertChanger(call: Call): void {
    call.assert('system:policy', {}, true, CHANGES);
  }

  /** True also while the rules are switched off. */
  isAdministrator({ principal }: Call): boolean {
    return this.calls.bypass || principal.isAdmin();
  }

  /** The name under which what a caller makes counts; undefined: the caller is an administrator. */
  authorOf(call: Call): string | undefined {
    return this.isAdministrator(call) ? undefined : call.principal.userName;
  }

  holds({ principal }: Call, { securityRoles }: InForce, ...any: readonly Right[]): boolean {
    const held = securityRoles.rightsOf(principal);
    return this.calls.bypass || any.some((right) => held.has(right));
  }

  async history(
    call: Call,
    { limit = HISTORY.default, before }: { readonly limit?: number; readonly before?: number },
  ): Promise<PolicyVersionView[]> {
    const upTo = before === undefined ? undefined : before - 1;
    const range = { newestFirst: true, limit, upTo };
    const found = await this.calls.store.policies.versions(this.tenantOf(call), range);
    return found.map(({ tenantId: _own, parts: _where, ...version }) => version as PolicyVersionView);
  }

  /** @throws AccessDenied `forbidden`, unless the caller may change all entries of these kinds */
  assertMayChange(call: Call, now: InForce, changes: readonly PolicyChange[]): void {
    this.assertChanger(call);
    if (
      changes.some(({ kind }) => Object.hasOwn(SECURITY_ROLE_ENTRIES.kinds, kind)) &&
      !this.holds(call, now, MANAGE)
    )
      throw needsRight(MANAGE);
    if (!this.isAdministrator(call)) assertNoSections(changes);
  }

  /**
   * Checks and makes a change.
   * @param may asked again when the change is about to be stored: reading and checking a large one takes time. Missing:
   * the change follows from another that was made already.
   */
  async change(
    call: Call,
    now: InForce,
    changes: readonly PolicyChange[],
    given: PolicyChangeOptions | undefined,
    may?: May,
  ): Promise<{ version: number }> {
    const options = checked('a change of the policies', given, CHANGE_OPTIONS);
    const { expectedVersion, reason, allowInternal = false, allowUnknownModels = false } = options;
    assertReason(reason);
    if (changes.length === 0) throw refuse('There is nothing to change.');
    if (expectedVersion !== undefined && expectedVersion !== now.set.version)
      throw new Outdated(now.set.version);
    assertNotFromFile(now.set, changes);
    const { turns } = this.calls.book;
    const after = await turns.finish(setAfter(now.set, changes, options));
    assertRoom(now.set, after, this.authorOf(call), this.calls.sectionLimit);
    const { principal } = call;
    const assertGiver = (by: SecureUser): void => {
      if (!this.calls.bypass) assertMayGive(by, now, after, changes, allowInternal);
    };
    assertGiver(principal);
    const people = peopleOf(this.calls.principals, this.tenantOf(call));
    const ground = { names: this.namesOf(call), people, turns, allowUnknownModels };
    const facts = { time: today(), userName: principal.userName, source: 'api', reason } as const;
    const { set } = await whileManagersStay(this.calls.people, now.set, after, async () => {
      await assertSound(now.set, after, changes, ground);
      const stillMay = async (): Promise<void> => {
        if (may === undefined) return;
        const again = await this.again(call, now);
        await may(again, now);
        assertGiver(again.principal);
      };
      return this.calls.book.change(this.tenantOf(call), after, facts, changes, stillMay);
    });
    await this.record(call, set.version, changes);
    return { version: set.version };
  }

  /**
   * The call with its caller as the directory has it now.
   * @throws AccessDenied `unauthenticated` or `forbidden`; Conflict `conflict` if the policies have changed since
   */
  private async again(call: Call, now: InForce): Promise<Call> {
    const again = await this.renewed(call);
    const { version } = again.inForce.set;
    if (version > now.set.version) throw new Outdated(version);
    return again;
  }

  /**
   * The call with its caller as the directory has it now, and the policies that are in force now.
   * @throws AccessDenied `unauthenticated` or `forbidden`
   */
  async renewed(call: Call): Promise<Call> {
    const again = await call.again();
    if (this.tenantOf(again) !== this.tenantOf(call))
      throw new AccessDenied('forbidden', 'You have since moved to another tenant.');
    return again;
  }

  private record({ principal }: Call, version: number, changes: readonly PolicyChange[]): Promise<void> {
    return this.calls.audit.allowed(
      principal,
      'system:policy',
      { kind: 'system', name: 'policies', id: String(version) },
      'allowed',
      { after: changesIn(version, changes) },
    );
  }

  /** The models of the caller's owner. */
  namesOf({ principal }: Call): ModelNames {
    return new ModelNames(this.calls.store, this.models, principal.owner ?? null);
  }
}
