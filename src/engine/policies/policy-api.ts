import { today } from '../../core/clock.js';
import { BadInput, notFound } from '../../core/errors.js';
import { assertOptions, count, FLAG, TEXT, type OptionsOf } from '../../core/options.js';
import { changedSet, policyName, readChanges, readHolder } from '../../core/policy-kinds.js';
import {
  holderId,
  SECURITY_ROLE,
  SECURITY_ROLE_HOLDER,
  type Holder,
  type SecurityRoleHolder,
} from '../../core/policies/security-roles.js';
import type { PolicyChange } from '../../core/policy-set.js';
import { needsRight, type Right } from '../../core/rights.js';
import { compareText } from '../../core/value.js';
import type { Call } from '../enforcement/call.js';
import type { Calls } from '../enforcement/calls.js';
import type {
  PoliciesApi,
  PolicyChangeOptions,
  PolicyVersionView,
  SecurityRolesApi,
  SecurityRoleView,
} from '../contract/policy-types.js';
import { atOnce, copyOf } from './arguments.js';
import { assertManagerStays, assertMayGive, type People } from './giving.js';
import { outdated, type InForce } from './policy-book.js';

const LONGEST_REASON = 1000;
const HISTORY = { default: 50, most: 500 };

const MANAGE: Right = 'SecurityRole:Manage';
const READ: Right = 'SecurityRole:Read';

const CHANGE_OPTIONS = {
  expectedVersion: count('versions', 0),
  reason: TEXT,
  allowInternal: FLAG,
} satisfies OptionsOf<PolicyChangeOptions>;
const READ_OPTIONS = { version: count('versions', 0) };
const HISTORY_OPTIONS = { limit: count('versions', 1, HISTORY.most), before: count('versions', 1) };

const refuse = (message: string): BadInput => new BadInput('bad-request', message);

/** Checks options, which may be missing. */
function checked<T extends object>(of: string, options: T | null | undefined, known: OptionsOf<T>): T {
  const given = options ?? ({} as T);
  assertOptions(of, given, known, refuse);
  return given;
}

/** Reads and changes the policy set of the caller's tenant. */
export class Policies {
  constructor(private readonly calls: Calls) {}

  api(): PoliciesApi {
    return Object.freeze({
      version: (user) =>
        this.run(user, async (call, now) => {
          if (!this.holds(call, now, READ, MANAGE)) this.assertPolicy(call);
          return now.set.version;
        }),
      read: (options, user) =>
        this.run(user, async (call, now) => {
          this.assertPolicy(call);
          const { version } = checked('policies.read', options, READ_OPTIONS);
          if (version !== undefined && version > now.set.version) throw notFound('version');
          const set =
            version === undefined ? now.set : await this.calls.book.at(this.tenantOf(call), version);
          return { version: set.version, entries: [...set.changes()] };
        }),
      history: (options, user) =>
        this.run(user, async (call) => {
          this.assertPolicy(call);
          return this.history(call, checked('policies.history', options, HISTORY_OPTIONS));
        }),
      apply: (changes, options, user) => {
        const given = atOnce(() => readChanges(changes));
        const how = copyOf(options);
        return this.run(user, async (call, now) => {
          this.assertPolicy(call);
          // All kinds of entries are about security roles.
          if (!this.holds(call, now, MANAGE)) throw needsRight(MANAGE);
          return this.change(call, now, given(), how);
        });
      },
      securityRoles: this.securityRoles(),
    } satisfies PoliciesApi);
  }

  private securityRoles(): SecurityRolesApi {
    type Make = (now: InForce) => PolicyChange[];
    const change = (
      user: unknown,
      options: PolicyChangeOptions | undefined,
      make: Make,
    ): Promise<{ version: number }> => {
      const how = copyOf(options);
      return this.run(user, async (call, now) => {
        if (!this.holds(call, now, MANAGE)) throw needsRight(MANAGE);
        return this.change(call, now, make(now), how);
      });
    };
    return Object.freeze({
      list: (user) =>
        this.run(user, async (call, now) => {
          if (!this.holds(call, now, READ, MANAGE)) throw needsRight(READ);
          return rolesIn(now);
        }),
      mine: (user) =>
        this.run(user, async ({ principal }, { securityRoles }) =>
          [...securityRoles.rightsOf(principal)].sort(),
        ),
      save: (name, role, options, user) =>
        change(
          user,
          options,
          atOnce(() => readChanges([{ kind: SECURITY_ROLE, id: name, value: role }])),
        ),
      remove: (name, options, user) =>
        change(user, options, ({ set }) => {
          const role = policyName(name, 'A security role');
          if (!set.of(SECURITY_ROLE).has(role)) throw notFound('security role');
          const holders = [...set.of(SECURITY_ROLE_HOLDER)].filter(
            ([, value]) => (value as SecurityRoleHolder).role === role,
          );
          return [
            { kind: SECURITY_ROLE, id: role, value: null },
            ...holders.map(([id]) => ({ kind: SECURITY_ROLE_HOLDER, id, value: null })),
          ];
        }),
      give: (name, to, options, user) => {
        const given = atOnce(() => [policyName(name, 'A security role'), readHolder(to)] as const);
        return change(user, options, ({ set }) => {
          const [role, holder] = given();
          if (!set.of(SECURITY_ROLE).has(role)) throw notFound('security role');
          return [{ kind: SECURITY_ROLE_HOLDER, id: holderId(role, holder), value: { role, ...holder } }];
        });
      },
      withdraw: (name, from, options, user) => {
        const given = atOnce(() => holderId(policyName(name, 'A security role'), readHolder(from)));
        return change(user, options, ({ set }) => {
          const id = given();
          if (!set.of(SECURITY_ROLE_HOLDER).has(id)) throw notFound('holder of the security role');
          return [{ kind: SECURITY_ROLE_HOLDER, id, value: null }];
        });
      },
    } satisfies SecurityRolesApi);
  }

  /** Runs one public call with the policies in force, which a call itself ignores while the rules are switched off. */
  private run<T>(user: unknown, work: (call: Call, now: InForce) => Promise<T>): Promise<T> {
    const { bypass, book } = this.calls;
    return this.calls.run(user, 'system:policy', { kind: 'system', name: 'policies' }, async (call) =>
      work(call, bypass ? await book.current(this.tenantOf(call)) : call.inForce),
    );
  }

  private tenantOf({ principal }: Call): string | null {
    return principal.tenantId ?? null;
  }

  private assertPolicy(call: Call): void {
    call.assert('system:policy', {}, true);
  }

  private holds({ principal }: Call, { securityRoles }: InForce, ...any: readonly Right[]): boolean {
    const held = securityRoles.rightsOf(principal);
    return this.calls.bypass || any.some((right) => held.has(right));
  }

  private async history(
    call: Call,
    { limit = HISTORY.default, before }: { readonly limit?: number; readonly before?: number },
  ): Promise<PolicyVersionView[]> {
    const upTo = before === undefined ? undefined : before - 1;
    const range = { newestFirst: true, limit, upTo };
    const found = await this.calls.store.policies.versions(this.tenantOf(call), range);
    return found.map(({ tenantId: _own, parts: _where, ...version }) => version as PolicyVersionView);
  }

  /** Checks and makes a change. */
  private async change(
    call: Call,
    now: InForce,
    changes: readonly PolicyChange[],
    given: PolicyChangeOptions | undefined,
  ): Promise<{ version: number }> {
    const options = checked('a change of the policies', given, CHANGE_OPTIONS);
    const { expectedVersion, reason, allowInternal = false } = options;
    if (reason !== undefined && reason.length > LONGEST_REASON)
      throw refuse(`A reason has at most ${LONGEST_REASON} characters.`);
    if (changes.length === 0) throw refuse('There is nothing to change.');
    if (expectedVersion !== undefined && expectedVersion !== now.set.version) throw outdated(now.set.version);
    const after = changedSet(now.set, changes);
    const { principal } = call;
    if (!this.calls.bypass) assertMayGive(principal, now, after, changes, allowInternal);
    await assertManagerStays(now.set, after, this.peopleOf(call));
    const facts = { time: today(), userName: principal.userName, source: 'api', reason } as const;
    const { set } = await this.calls.book.change(this.tenantOf(call), after, facts, changes);
    await this.record(call, set.version, changes);
    return { version: set.version };
  }

  private record({ principal }: Call, version: number, changes: readonly PolicyChange[]): Promise<void> {
    const named = changes
      .slice(0, 20)
      .map(({ kind, id, value }) => `${value === null ? '-' : '+'} ${kind} ${id}`);
    return this.calls.audit.allowed(
      principal,
      'system:policy',
      { kind: 'system', name: 'policies', id: String(version) },
      'allowed',
      { after: { version, changes: named, count: changes.length } },
    );
  }

  private peopleOf(call: Call): People {
    const tenantId = this.tenantOf(call);
    const { principals } = this.calls;
    return {
      isUser: (name) => principals.isAssignable(name, tenantId),
      hasMembers: (group) => principals.hasMembers(group, tenantId),
    };
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  compareText(a.name, b.name);

function rolesIn({ set, securityRoles }: InForce): SecurityRoleView[] {
  const holders = new Map<string, Holder[]>();
  for (const value of set.of(SECURITY_ROLE_HOLDER).values()) {
    const { role, ...holder } = value as SecurityRoleHolder;
    const known = holders.get(role);
    if (known === undefined) holders.set(role, [holder]);
    else known.push(holder);
  }
  return [...securityRoles.roles]
    .map(([name, role]) => ({ name, ...role, holders: holders.get(name) ?? [] }))
    .sort(byName);
}
