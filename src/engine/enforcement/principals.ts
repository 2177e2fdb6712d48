import { AccessDenied, CouldNotTell, isGuardError } from '../../core/errors.js';
import {
  isDisabled,
  looksLikeUser,
  normaliseName,
  readUserInfo,
  SecureUser,
  SYSTEM_USER,
  toPrincipal,
  type UserInfo,
} from '../../core/principal.js';
import { Recent } from '../../core/recent.js';
import { within } from '../../core/within.js';
import type { Contexts } from '../execution/context.js';
import type { Serving } from '../execution/serving.js';
import { DEVELOPER, type Flags } from '../contract/environment.js';
import type { Incidents } from '../contract/incidents.js';
import type { Directory } from '../contract/types.js';
import { isReserved } from '../users/user-input.js';

/** How long an answer of the directory is cached, in milliseconds. */
const CACHE = 5000;
const LIMIT = 1000;

/** How long the directory may take to answer, in milliseconds. */
const DIRECTORY_LIMIT = 5000;

const unauthenticated = (message: string): AccessDenied => new AccessDenied('unauthenticated', message);
const nobody = (): AccessDenied => unauthenticated('No caller: pass a user, or call inside guard.runAs.');
const unknown = (): AccessDenied => unauthenticated('The user is not known or is disabled.');

/**
 * The `user` argument of `server.engine`. Routes often pass it straight from a request body, so it is trusted far
 * less than the user of an API call.
 */
export class EngineUser {
  constructor(readonly given: unknown) {}
}

/**
 * Establishes the caller: an explicit user takes precedence over the ambient one. Both are looked up in the
 * directory.
 */
export class Principals {
  /**
   * Calls do not share a pending question: each has its own time limit, and the failure of one would refuse all.
   */
  private readonly cache = new Recent<string, SecureUser>(CACHE, LIMIT);
  /**
   * Principals outside the directory: programs with a key, and the developer. Recognised by object identity, which
   * no request can carry.
   */
  private readonly vouched = new WeakSet<SecureUser>([SYSTEM_USER]);
  /** Incremented by `forget`: an answer requested earlier is not cached. */
  private forgotten = 0;
  /** The principal of calls without a user, while there is no login. */
  readonly developer: SecureUser = this.vouch({ userName: DEVELOPER });

  constructor(
    private readonly contexts: Contexts,
    private readonly directory: Directory | undefined,
    private readonly flags: Flags,
    private readonly incidents: Pick<Incidents, 'record'>,
    private readonly serving: Pick<Serving, 'now'>,
  ) {}

  get hasDirectory(): boolean {
    return this.directory !== undefined;
  }

  /**
   * Creates a principal that is not looked up in the directory, because it is not a user of it. Applies to the
   * returned object only.
   * @throws TypeError if it is not a valid user
   */
  vouch(info: UserInfo): SecureUser {
    const principal = new SecureUser(info);
    this.vouched.add(principal);
    return principal;
  }

  /**
   * @param user the `user` argument of the call; undefined or null: the ambient principal
   * @throws TypeError if it is anything other than a user
   * @throws AccessDenied `unauthenticated`; CouldNotTell if the directory does not answer
   */
  async of(user?: unknown): Promise<SecureUser> {
    if (user instanceof EngineUser) return this.ofEngine(user.given);
    if (user !== undefined && user !== null) return this.today(this.explicit(user));
    return this.today(this.caller());
  }

  /** The ambient principal, not looked up in the directory. @throws AccessDenied `unauthenticated` */
  caller(): SecureUser {
    const ambient = this.contexts.principal;
    if (ambient !== undefined) return ambient;
    if (!this.flags.requireAuthentication) return this.developer;
    throw nobody();
  }

  /**
   * An established principal, as the directory has it now.
   * @throws AccessDenied `unauthenticated` if it was disabled in the meantime; CouldNotTell
   */
  again(principal: SecureUser): Promise<SecureUser> {
    return this.today(principal);
  }

  private explicit(user: unknown): SecureUser {
    if (SecureUser.made(user)) return user;
    if (!looksLikeUser(user) && !(typeof user === 'object' && user !== null && 'userName' in user))
      throw new TypeError('A user must be a SecureUser or an object with a userName.');
    if (isDisabled(user)) throw unknown();
    return toPrincipal(user);
  }

  /**
   * Resolves the `user` argument of `server.engine`: absent, meaning the ambient principal; its name; or a
   * SecureUser, which no request can carry. Until the process serves, also a name that the directory knows:
   * after that, code without a context may be a route that lost it, as events of a stream do.
   * @throws AccessDenied `unauthenticated` for everything else
   */
  private async ofEngine(given: unknown): Promise<SecureUser> {
    if (given === undefined || given === null) return this.of();
    if (SecureUser.made(given)) return this.today(given);
    if (typeof given !== 'string')
      throw unauthenticated('The user of server.engine must be a user name or a SecureUser.');
    const { principal: ambient, isNobody } = this.contexts;
    if (ambient !== undefined) {
      if (ambient.userName === normaliseName(given)) return this.today(ambient);
      throw unauthenticated('The user name of the call is not that of the calling principal.');
    }
    if (isNobody) throw nobody();
    if (this.serving.now)
      throw unauthenticated(
        'A plain user name counts only until the process serves: pass a SecureUser, or call inside guard.runAs.',
      );
    if (this.directory === undefined)
      throw unauthenticated('A plain user name needs a user directory, or a call inside guard.runAs.');
    return this.today(toPrincipal({ userName: given }));
  }

  /** The principal with its present groups. Refused if the directory does not know it or it is disabled. */
  private async today(principal: SecureUser): Promise<SecureUser> {
    if (this.vouched.has(principal)) return principal;
    if (isReserved(principal.userName))
      throw unauthenticated('The name belongs to a program; it is not a user name.');
    if (this.directory === undefined) return principal;
    const known = this.cache.get(principal.userName);
    if (known !== undefined) return known;
    const { forgotten } = this;
    const found = await this.look(this.directory, principal.userName);
    if (found === undefined || found.disabled) throw unknown();
    const fresh = this.principalOf(found, principal.userName);
    if (fresh.userName !== principal.userName) {
      const refused = unauthenticated('The directory answered for another user.');
      this.failed('the user directory answered for another user', refused);
      throw refused;
    }
    if (forgotten === this.forgotten) this.cache.set(principal.userName, fresh);
    return fresh;
  }

  private failed(what: string, cause: unknown): void {
    this.incidents.record('directory', what, cause);
  }

  /** @throws AccessDenied `unauthenticated` if the directory's answer is not a valid user */
  private principalOf(found: ReturnType<typeof readUserInfo>, userName: string): SecureUser {
    try {
      return toPrincipal({ ...found, userName: found.userName ?? userName });
    } catch (error) {
      this.failed('the user directory answered with something that is not a valid user', error);
      throw error;
    }
  }

  /** @throws CouldNotTell if the directory fails or returns something that is not a user */
  private async look(
    directory: Directory,
    userName: string,
  ): Promise<ReturnType<typeof readUserInfo> | undefined> {
    return this.asked(async () => {
      const found: unknown = await directory.find(userName);
      return found === undefined || found === null ? undefined : readUserInfo(found);
    });
  }

  private async asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await within(DIRECTORY_LIMIT, question());
    } catch (error) {
      if (isGuardError(error)) throw error;
      this.failed('the user directory failed', error);
      throw new CouldNotTell('store-unavailable', 'The user directory did not answer.', { cause: error });
    }
  }

  /** Whether a task of the tenant may be assigned to the name. Without a directory, any name is accepted. */
  async isAssignable(name: string, tenantId: string | null): Promise<boolean> {
    return (await this.named(name, tenantId)) !== undefined;
  }

  /**
   * The user of that name and tenant, who is not the caller; undefined if the directory does not know it, or it is
   * disabled. Without a directory, any name is one, and its groups are not known.
   */
  async named(name: string, tenantId: string | null): Promise<SecureUser | undefined> {
    if (this.directory === undefined) return toPrincipal({ userName: name, tenantId });
    const found = await this.look(this.directory, name);
    if (found === undefined || found.disabled || (found.tenantId ?? null) !== tenantId) return undefined;
    const principal = this.principalOf(found, name);
    // A directory that ignores case also finds a spelling that no principal has.
    return principal.userName === name ? principal : undefined;
  }

  /** The tenant of a user, also a disabled one, for the audit trail; undefined: none, or not known. Never rejects. */
  async tenantOf(userName: string | undefined): Promise<string | undefined> {
    const name = normaliseName(userName);
    if (this.directory === undefined || name === undefined || isReserved(name)) return undefined;
    const found = this.cache.get(name) ?? (await this.look(this.directory, name).catch(() => undefined));
    return (found?.userName ?? name) === name ? normaliseName(found?.tenantId) : undefined;
  }

  /** Whether the group has a member in that tenant; false if the directory cannot tell. @throws CouldNotTell */
  async hasMembers(group: string, tenantId: string | null): Promise<boolean> {
    const { directory } = this;
    return this.asked(() => directory?.hasMembers?.(group, tenantId) ?? Promise.resolve(false));
  }

  /** Whether a task may be handed to the group: false only if the directory knows that nobody is in it. */
  async mayHaveMembers(group: string, tenantId: string | null): Promise<boolean> {
    const { directory } = this;
    return this.asked(() => directory?.hasMembers?.(group, tenantId) ?? Promise.resolve(true));
  }

  /** The group's members in that tenant; undefined if the directory cannot tell. @throws CouldNotTell */
  async members(group: string, tenantId: string | null): Promise<readonly string[] | undefined> {
    const { directory } = this;
    return this.asked(async () => directory?.members?.(group, tenantId));
  }

  /** Makes the next call ask the directory again. For users who were just changed here. */
  forget(userName: string): void {
    this.forgotten++;
    this.cache.delete(userName);
  }
}
