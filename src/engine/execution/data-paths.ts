import { DATA_MARKED } from '../../store/contents/markers.js';
import { MOST_DATA_PATHS } from '../../core/marks/data-marks.js';
import type { Store, StoredInstance } from '../../store/port.js';
import { BESIDE_GUARD } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import type { GuardLogger } from '../contract/types.js';
import type { Retries } from './retries.js';

const NAMESPACE = 'dataPaths';
/** Paths that the lists of one tenant's people may add, so that no tenant takes the room of all. */
const MOST_OF_TENANT = 4;
/** Paths that are remembered as asked for, by tenant; each is tried once. */
const MOST_ASKED = 1_000;
const BATCH = 500;

/** How far stored instances are marked. */
export interface MarkedSoFar {
  /** All are marked for so many paths, the first of the list. */
  readonly complete: number;
  /** A pass for more paths has come to the instance with this `_id`. */
  readonly pass?: { readonly paths: number; readonly after: string };
}

export async function readMarkedSoFar(store: Pick<Store, 'values'>): Promise<MarkedSoFar> {
  const found = await store.values(DATA_MARKED.namespace).get(DATA_MARKED.key);
  return (found as MarkedSoFar | undefined) ?? { complete: 0 };
}

export const saveMarkedSoFar = (store: Pick<Store, 'values'>, state: MarkedSoFar): Promise<void> =>
  store.values(DATA_MARKED.namespace).set(DATA_MARKED.key, state);

/** A path below `data`, and the tenant whose list added it. */
interface AddedPath {
  readonly path: string;
  readonly tenantId: string | null;
}

async function readAdded(store: Pick<Store, 'values'>): Promise<readonly AddedPath[]> {
  const stored = new Map(await store.values(NAMESPACE).entries());
  const added: AddedPath[] = [];
  for (let one = stored.get('0'); one !== undefined; one = stored.get(String(added.length)))
    added.push(one as AddedPath);
  return added;
}

/** The paths below `data` for which instances are marked, in the order in which they were added. */
export async function readDataPaths(store: Pick<Store, 'values'>): Promise<readonly string[]> {
  return (await readAdded(store)).map(({ path }) => path);
}

/** Whether the paths for which an instance is marked are those of a list, and perhaps more. */
export const beginsWith = (marked: readonly string[], list: readonly string[]): boolean =>
  list.every((path, at) => marked[at] === path);

const NONE: readonly string[] = Object.freeze([]);

/**
 * The list of paths as this process knows it. It may be behind: then instances are marked for fewer paths, which they
 * say, and searches use fewer.
 */
export class DataPaths {
  private added: readonly AddedPath[] = [];
  private known = NONE;
  private ofSearches = NONE;
  private isLost = false;
  private refreshing: Promise<unknown> = Promise.resolve();
  private adding: Promise<unknown> = Promise.resolve();
  private readonly asked = new Set<string>();
  /** Called when the list has become longer; set once while the guard is assembled. */
  grown: () => void = () => undefined;

  constructor(
    private readonly store: Pick<Store, 'values' | 'instances'>,
    private readonly retries: Retries,
    private readonly logger: GuardLogger,
  ) {}

  /** Instances that are written are marked for these. */
  get list(): readonly string[] {
    return this.isLost ? NONE : this.known;
  }

  /** All instances are marked for these; lists search by no others. */
  get searched(): readonly string[] {
    return this.isLost ? NONE : this.ofSearches;
  }

  /** Reads the list; reads are sequential, so that none returns less than the one before. */
  refresh(): Promise<void> {
    const done = this.refreshing.then(() => this.read());
    this.refreshing = done.catch(() => undefined);
    return done;
  }

  private async read(): Promise<void> {
    const [added, { complete }] = await Promise.all([readAdded(this.store), readMarkedSoFar(this.store)]);
    const read = Object.freeze(added.map(({ path }) => path));
    if (this.known.some((path, at) => read[at] !== path)) return this.lose();
    const before = this.known.length;
    [this.added, this.known] = [added, read];
    this.ofSearches = Object.freeze(read.slice(0, complete));
    if (read.length > before) this.grown();
  }

  /** Somebody has deleted the list: nobody knows for what instances are marked. */
  private lose(): void {
    if (!this.isLost)
      this.logger.error(
        'the list of data for which instances are marked was changed; lists search without it',
        {
          paths: this.known,
        },
      );
    this.isLost = true;
  }

  /**
   * Adds the paths that are not in the list, in the background, while there is room.
   * @param tenantId the tenant whose lists search by them
   */
  want(paths: readonly string[], tenantId: string | undefined): void {
    for (const path of paths) {
      const one = { path, tenantId: tenantId ?? null };
      const key = JSON.stringify(one);
      if (this.known.includes(path) || this.asked.has(key) || this.asked.size >= MOST_ASKED) continue;
      this.asked.add(key);
      this.retries.later('adding marks for data', () => this.inTurn(one), { path }, 0);
    }
  }

  /** One after the other: they would take the same place in the list. */
  private inTurn(one: AddedPath): Promise<void> {
    const done = this.adding.then(() => this.add(one));
    this.adding = done.catch(() => undefined);
    return done;
  }

  private async add(one: AddedPath): Promise<void> {
    await this.refresh();
    if (this.known.length === 0)
      for (const path of await this.lostList()) await this.append({ path, tenantId: null });
    while (!this.isLost && !this.known.includes(one.path)) {
      if (!this.hasRoomFor(one)) return;
      await this.append(one);
    }
  }

  /** @throws Error if the list can have no such place */
  private async append(one: AddedPath): Promise<void> {
    const { length } = this.known;
    await this.store.values(NAMESPACE).add(String(length), one);
    await this.refresh();
    if (!this.isLost && this.known.length === length) throw new Error('The list of data paths cannot grow');
  }

  private hasRoomFor({ path, tenantId }: AddedPath): boolean {
    const ofTenant = this.added.filter((one) => one.tenantId === tenantId).length;
    const isTenantFull = tenantId !== null && ofTenant >= MOST_OF_TENANT;
    if (!isTenantFull && this.added.length < MOST_DATA_PATHS) return true;
    const most = isTenantFull ? MOST_OF_TENANT : MOST_DATA_PATHS;
    this.logger.warn('a rule compares data for which lists have no marks: there are too many paths', {
      path,
      most,
      ...(tenantId !== null && { tenantId }),
    });
    return false;
  }

  /** The list for which instances are marked although there is none, because somebody has deleted it. */
  private async lostList(): Promise<readonly string[]> {
    const { instances } = this.store;
    const find: Parameters<typeof walk<StoredInstance>>[1] = (page) =>
      instances.find({ filter: {}, without: BESIDE_GUARD, ...page });
    let longest = NONE;
    for await (const page of walk(BATCH, find, placeOfInstance))
      for (const { guard } of page)
        if ((guard?.dataPaths?.length ?? 0) > longest.length) longest = guard?.dataPaths ?? longest;
    return longest;
  }
}
