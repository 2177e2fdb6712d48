import { AccessDenied } from '../core/errors.js';
import { asOperation, OPERATIONS, type Operation } from '../core/operation.js';
import { SecureUser, type UserInfo } from '../core/principal.js';
import type { Resource } from '../core/resource.js';
import { assertArgument, FUNCTION, type Kind } from '../core/options.js';
import { needsRight, type Right } from '../core/rights.js';
import { assertAllowed } from './enforcement/explain.js';
import type { CommandParts } from './enforcement/command-parts.js';
import { factsOfModels } from './enforcement/model-access.js';
import type { Change, Origin, Target } from './enforcement/audit.js';
import type { Answer, Contexts } from './execution/context.js';
import type { Serving } from './execution/serving.js';
import { mapApi } from './enforcement/api-members.js';
import { bindApi } from './enforcement/bind-api.js';
import { personRules } from './policies/person-rules.js';
import { checkCall, checkChange, checkRefused, checkRefusedLogin, checkSession } from './door-input.js';
import { isOutage } from './execution/transient.js';
import type { Flags } from './contract/environment.js';
import type { CallerFacts } from './contract/identity-types.js';
import type { GuardApi, Identity } from './contract/types.js';

/** The API with the principal as the ambient one of each call, so that records of the call name it too. */
function within(api: GuardApi, run: (call: () => Promise<unknown>) => Promise<unknown>): GuardApi {
  return mapApi(
    api,
    (member) =>
      (...args) =>
        run(async () => member(...args)),
  );
}

const PRINCIPAL: Kind = { takes: 'a principal, as identity.establish gives it', holds: SecureUser.made };

/** Creates the interface through which outer enforcement points, such as the HTTP one, use a guard. */
export function createIdentity(
  parts: CommandParts,
  contexts: Contexts,
  api: GuardApi,
  flags: Flags,
  serving: Serving,
): Identity {
  const { calls } = parts;
  const { principals, audit } = calls;

  async function decide(
    principal: SecureUser,
    operation: Operation,
    resource: Resource | undefined,
  ): Promise<void> {
    assertArgument('identity.decide', principal, PRINCIPAL);
    asOperation(operation);
    const call = await calls.of(principal);
    if (resource !== undefined) return assertAllowed(parts, call, operation, resource);
    const facts = operation === 'model:read' ? await factsOfModels(calls, call) : undefined;
    if (call.scope(operation, facts).kind === 'nothing')
      throw new AccessDenied('forbidden', `You may not do this (${operation}).`);
  }

  /** @param userName whose tenant it is, if none is given */
  const origin = (
    userName: string | undefined,
    from: CallerFacts | null | undefined,
    error?: unknown,
  ): Origin => {
    const { tenantId, ...known } = from ?? {};
    return {
      ...known,
      tenant: async () => {
        if (tenantId !== undefined) return tenantId ?? undefined;
        // The directory has just failed.
        return isOutage(error) ? undefined : principals.tenantOf(userName);
      },
    };
  };

  return Object.freeze({
    hasDirectory: principals.hasDirectory,
    nobody: flags.requireAuthentication ? undefined : principals.developer,
    establish: (user: UserInfo) => calls.store.bounded(() => principals.of(user)),
    vouch: (info: UserInfo) => principals.vouch(info),
    bind: (principal: SecureUser, actor?: string) =>
      actor === undefined
        ? bindApi(api, principal)
        : bindApi(
            within(api, (call) => contexts.runAs(principal, call, actor)),
            principal,
          ),
    run: <T>(principal: SecureUser, fn: () => T | PromiseLike<T>, actor?: string) => {
      serving.begin();
      return contexts.runAs(principal, fn, actor);
    },
    runAsNobody: <T>(fn: () => T | PromiseLike<T>) => {
      serving.begin();
      return contexts.runAsNobody(fn);
    },
    answering: <T>(answer: Answer, fn: () => T) => {
      assertArgument('identity.answering', answer, FUNCTION);
      assertArgument('identity.answering', fn, FUNCTION);
      serving.begin();
      return contexts.answering(answer, fn);
    },
    arrived: (answer: Answer) => {
      assertArgument('identity.arrived', answer, FUNCTION);
      contexts.arrived(answer);
    },
    require: (user: UserInfo | undefined, operation: Operation, resource?: Resource, name?: string) => {
      const target: Target = {
        kind: OPERATIONS[asOperation(operation)].kind,
        ...(name === undefined ? {} : { name }),
      };
      return calls.run(user, operation, target, async ({ principal }) => {
        await decide(principal, operation, resource);
        return principal;
      });
    },
    async requireRight(user: UserInfo | undefined, right: Right) {
      let principal: SecureUser | undefined;
      try {
        principal = await principals.of(user);
        if (!(await calls.holds(principal, right))) throw needsRight(right);
        return principal;
      } catch (error) {
        await calls.refused(principal, right, { kind: 'system' }, error);
        throw error;
      }
    },
    persons: personRules(calls),
    decide,
    async call<T>(
      user: UserInfo | undefined,
      what: string,
      target: Target,
      work: (principal: SecureUser, changes: (change: Change) => void) => Promise<T>,
    ) {
      checkCall(what, target);
      assertArgument('identity.call', work, FUNCTION);
      let change: Change = {};
      let principal: SecureUser | undefined;
      try {
        principal = await principals.of(user);
        const done = await work(principal, (made) => {
          checkChange(made);
          change = made;
        });
        await audit.allowed(principal, what, target, 'allowed', change);
        return done;
      } catch (error) {
        await calls.refused(principal, what, target, error);
        throw error;
      }
    },
    async refused(name: string | undefined, target: Target, error: unknown, from?: CallerFacts) {
      checkRefused(target, from);
      await audit.refusedAtDoor(name, target, error, origin(from?.onBehalfOf ?? name, from, error));
    },
    async session(event: 'login' | 'logout', userName: string, from?: CallerFacts) {
      checkSession(event, userName, from);
      await audit.session(event, userName, origin(userName, from));
    },
    async refusedLogin(error: unknown, from?: { userName?: string; address?: string }) {
      checkRefusedLogin(from);
      const { userName, address } = from ?? {};
      await audit.refusedAtDoor(
        undefined,
        { kind: 'system', name: 'session', ...(userName === undefined ? {} : { id: userName }) },
        error,
        { operation: 'login', ...origin(userName, address === undefined ? {} : { address }, error) },
      );
    },
  } satisfies Identity);
}
