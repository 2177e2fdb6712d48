import { freshFor } from '../../core/clock.js';
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
import type { Contexts } from '../execution/context.js';
import { DEVELOPER, type Flags } from '../contract/environment.js';
import { within } from '../contract/within.js';
import type { Directory } from '../contract/types.js';
import { isReserved } from '../users/user-input.js';

/** How long an answer of the directory is used, in milliseconds. */
const CACHE = 5000;
const LIMIT = 1000;

/** How long the directory may take to answer, in milliseconds. */
const DIRECTORY_LIMIT = 5000;

const nobody = (): AccessDenied =>
  new AccessDenied('unauthenticated', 'Nobody is calling: pass a user, or call inside guard.runAs.');

const unknown = (): AccessDenied =>
  new AccessDenied('unauthenticated', 'The user is not known, or was disabled.');

/**
 * What stands where `server.engine` takes the name of the user. Routes put there what a request body says, so that
 * far less is believed of it than of the user of a call of the API.
 */
export class EngineUser {
  constructor(readonly given: unknown) {}
}

/**
 * Finds out who calls: an explicit user before the ambient one, both as the directory knows them today.
 */
export class Principals {
  private readonly cache = new Map<
    string,
    { readonly isFresh: () => boolean; readonly principal: SecureUser }
  >();
  /**
   * Those that are not in the directory: programs with a key, the developer. Told apart by identity, which
   * nobody can send.
   */
  private readonly vouched = new WeakSet<SecureUser>([SYSTEM_USER]);
  /** One more with each `forget`: an answer that was asked for before is not kept. */
  private forgotten = 0;
  /** Who acts where nobody is named, while there is no login. */
  readonly developer: SecureUser = this.vouch({ userName: DEVELOPER });

  constructor(
    private readonly contexts: Contexts,
    private readonly directory: Directory | undefined,
    private readonly flags: Flags,
  ) {}

  get hasDirectory(): boolean {
    return this.directory !== undefined;
  }

  /**
   * A principal that the directory is not asked about, since it is no user of it; this very object alone.
   * @throws TypeError when it is not a valid user
   */
  vouch(info: UserInfo): SecureUser {
    const principal = new SecureUser(info);
    this.vouched.add(principal);
    return principal;
  }

  /**
   * @param user what stands in the user's place of the call; undefined or null: the ambient principal
   * @throws TypeError when it is anything else than a user
   * @throws AccessDenied `unauthenticated`; CouldNotTell when the directory does not answer
   */
  async of(user?: unknown): Promise<SecureUser> {
    if (user instanceof EngineUser) return this.ofEngine(user.given);
    if (user !== undefined && user !== null) return this.today(this.explicit(user));
    const ambient = this.contexts.principal;
    if (ambient !== undefined) return this.today(ambient);
    if (!this.flags.requireAuthentication) return this.developer;
    throw nobody();
  }

  /**
   * A principal that was established, as the directory has it now.
   * @throws AccessDenied `unauthenticated` when it was disabled meanwhile; CouldNotTell
   */
  again(principal: SecureUser): Promise<SecureUser> {
    return this.today(principal);
  }

  private explicit(user: unknown): SecureUser {
    if (SecureUser.made(user)) return user;
    if (!looksLikeUser(user) && !(typeof user === 'object' && user !== null && 'userName' in user))
      throw new TypeError('A user is a SecureUser or an object with a userName.');
    if (isDisabled(user)) throw unknown();
    return toPrincipal(user);
  }

  /**
   * The user of a call of `server.engine`: nothing, for the ambient principal; its name; or a SecureUser, which no
   * request can hold. In code of the application's own, outside every request, also a name that the directory knows.
   * @throws AccessDenied `unauthenticated` for everything else
   */
  private async ofEngine(given: unknown): Promise<SecureUser> {
    if (given === undefined || given === null) return this.of();
    if (SecureUser.made(given)) return this.today(given);
    if (typeof given !== 'string')
      throw new AccessDenied('unauthenticated', 'The user of server.engine is a user name, or a SecureUser.');
    const { principal: ambient, isNobody } = this.contexts;
    if (ambient !== undefined) {
      if (ambient.userName === normaliseName(given)) return this.today(ambient);
      throw new AccessDenied(
        'unauthenticated',
        'The user name of the call is not the one of the principal that is calling.',
      );
    }
    if (isNobody) throw nobody();
    if (this.directory === undefined)
      throw new AccessDenied(
        'unauthenticated',
        'A plain user name needs a user directory, or a call inside guard.runAs.',
      );
    return this.today(toPrincipal({ userName: given }));
  }

  /** The principal with the groups it has today; refused when the directory does not know it, or it was disabled. */
  private async today(principal: SecureUser): Promise<SecureUser> {
    if (this.vouched.has(principal)) return principal;
    if (isReserved(principal.userName))
      throw new AccessDenied('unauthenticated', 'The name stands for a program; it is no user name.');
    if (this.directory === undefined) return principal;
    const known = this.cache.get(principal.userName);
    if (known?.isFresh() === true) return known.principal;
    const { forgotten } = this;
    const found = await this.look(this.directory, principal.userName);
    if (found === undefined || found.disabled) throw unknown();
    const fresh = toPrincipal({ ...found, userName: found.userName ?? principal.userName });
    if (fresh.userName !== principal.userName)
      throw new AccessDenied('unauthenticated', 'The directory answered for another user.');
    if (this.cache.size >= LIMIT) this.cache.clear();
    if (forgotten === this.forgotten)
      this.cache.set(principal.userName, { isFresh: freshFor(CACHE), principal: fresh });
    return fresh;
  }

  /** @throws CouldNotTell when the directory fails, or answers with what is no user */
  private async look(
    directory: Directory,
    userName: string,
  ): Promise<ReturnType<typeof readUserInfo> | undefined> {
    try {
      const found: unknown = await within(DIRECTORY_LIMIT, directory.find(userName));
      return found === undefined || found === null ? undefined : readUserInfo(found);
    } catch (error) {
      throw isGuardError(error)
        ? error
        : new CouldNotTell('store-unavailable', 'The user directory did not answer.', { cause: error });
    }
  }

  /** May a task of that tenant be assigned to that name? Without a directory every name will do. */
  async isAssignable(name: string, tenantId: string | null): Promise<boolean> {
    if (this.directory === undefined) return true;
    const found = await this.look(this.directory, name);
    return found !== undefined && !found.disabled && (found.tenantId ?? null) === tenantId;
  }

  /** Makes the next call ask the directory again; for who was just disabled here. */
  forget(userName: string): void {
    this.forgotten++;
    this.cache.delete(userName);
  }
}
