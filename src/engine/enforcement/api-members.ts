import type { GuardApi } from '../contract/types.js';

/** The number of arguments before the user, per member of the API. */
const USER_AT = {
  engine: {
    start: 2,
    invoke: 2,
    assign: 3,
    throwMessage: 3,
    throwSignal: 3,
    startEvent: 3,
    restart: 2,
    upgrade: 2,
    get: 1,
    suspend: 1,
    resume: 1,
    terminate: 1,
    migrate: 2,
    addTask: 2,
    addProcess: 3,
  },
  data: { getPendingUserTasks: 1, findItems: 1, findItem: 1, findInstances: 1, deleteInstances: 1, find: 1 },
  model: {
    get: 1,
    list: 1,
    save: 3,
    check: 1,
    load: 1,
    getSource: 1,
    findEvents: 1,
    findStartEvents: 1,
    delete: 1,
    rename: 2,
    export: 2,
  },
  work: { list: 1, orphans: 1, retry: 1, stop: 1 },
  audit: { find: 1 },
  tasks: {
    take: 1,
    release: 1,
    assign: 2,
    delegate: 2,
    resolve: 1,
    complete: 2,
    reject: 1,
    undoReject: 1,
    escalate: 2,
    suspend: 1,
    resume: 1,
    allowed: 1,
    count: 1,
    candidates: 1,
  },
  cases: {
    roles: 1,
    setRole: 3,
    addToRole: 3,
    comment: 3,
    changeComment: 3,
    removeComment: 2,
    listComments: 1,
    setData: 2,
    removeData: 2,
  },
  policies: {
    version: 0,
    read: 1,
    history: 1,
    apply: 2,
    diff: 1,
    export: 1,
    import: 2,
    lint: 1,
    securityRoles: { list: 0, mine: 0, save: 3, remove: 2, give: 3, withdraw: 3 },
    duties: { list: 0, save: 3, remove: 2 },
    sections: {
      tree: 0,
      list: 1,
      create: 3,
      rename: 3,
      move: 3,
      delete: 2,
      place: 3,
      permissions: { list: 1, give: 4, withdraw: 4, inherit: 3 },
      effective: 2,
    },
    caseOperations: { list: 0, save: 3, reset: 2, load: 2, text: 0 },
    caseFields: { list: 0, save: 3, remove: 2 },
    grid: { list: 0, save: 3, remove: 2, labels: 0, saveLabel: 3, removeLabel: 2, export: 1, import: 3 },
  },
} as const satisfies UserAt<GuardApi>;

/** The numbers of arguments of the functions of a part of the API, and of the parts below it. */
type UserAt<Part> = {
  [Name in keyof Part]: Part[Name] extends (...args: never[]) => unknown ? number : UserAt<Part[Name]>;
};
interface Places {
  readonly [name: string]: number | Places;
}

/** Members that take upstream's options after the user. For all others, the user is the last argument. */
export const WITH_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  engine: ['start', 'invoke', 'assign', 'throwMessage', 'throwSignal', 'startEvent', 'restart'],
  data: ['findInstances'],
  model: ['save'],
  tasks: ['count'],
};

/** A member of the API. */
export type Member = (...args: unknown[]) => Promise<unknown>;

/**
 * The same API with another function for each member.
 * @param make makes it; `at` is how many arguments come before the user, `group` the part that the member is of
 */
export function mapApi(
  api: GuardApi,
  make: (member: Member, name: string, group: string, at: number) => Member,
): GuardApi {
  const part = (group: string, places: Places, members: Record<string, unknown>): object =>
    Object.freeze(
      Object.fromEntries(
        Object.entries(places).map(([name, at]) => [
          name,
          typeof at === 'number'
            ? make(members[name] as Member, name, group, at)
            : part(name, at, members[name] as Record<string, unknown>),
        ]),
      ),
    );
  return part('', USER_AT, api as unknown as Record<string, unknown>) as GuardApi;
}
