import { readFileSync } from 'node:fs';
import { SecureUser, type Guard, type InstanceView, type ItemView } from 'bpmn-guard';
import { ADMIN_USER, waitingTask } from '../../../support/guards.js';

const sample = (file: string): string => readFileSync(`sample-app/${file}`, 'utf8');

/** The models of the stories, as the sample application has them. */
export const STORIES: Readonly<Record<string, string>> = {
  'Expense Claim': sample('processes/expense-claim.bpmn'),
  'Order Pizza': sample('processes/order-pizza.bpmn'),
  'Edit Article': sample('processes/edit-article.bpmn'),
};
/** Their rules, as sentences. */
export const RULES = sample('policies/stories.txt');

const user = (
  userName: string,
  userGroups: readonly string[],
  attributes: Record<string, unknown> = {},
): SecureUser => new SecureUser({ userName, userGroups, attributes });

export const PEOPLE = {
  emma: user('emma', ['employees']),
  max: user('max', ['employees', 'managers']),
  mona: user('mona', ['managers']),
  rosa: user('rosa', ['Reviewer']),
  hungry: user('hungry', []),
  nora: user('nora', ['Pizzeria Staff'], { store: 'north' }),
  niels: user('niels', ['Pizzeria Staff'], { store: 'north' }),
  sofia: user('sofia', ['Pizzeria Staff'], { store: 'south' }),
  norman: user('norman', ['Pizzeria Manager'], { store: 'north' }),
  simon: user('simon', ['Pizzeria Manager'], { store: 'south' }),
  hilda: user('hilda', ['Head Office']),
  willa: user('willa', ['Writer', 'Senior Writer'], { expertise: ['science', 'sports'] }),
  walt: user('walt', ['Writer'], { expertise: ['sports'] }),
  rita: user('rita', ['Research']),
  ron: user('ron', ['Research']),
  sue: user('sue', ['Senior Writer'], { expertise: ['science'] }),
  sam: user('sam', ['Senior Writer'], { expertise: ['politics'] }),
} as const;
export type Name = keyof typeof PEOPLE;

/** The directory of these people. */
export const directory = {
  find: async (name: string) =>
    Object.hasOwn(PEOPLE, name) ? PEOPLE[name as Name] : name === 'admin' ? ADMIN_USER : undefined,
};

type Data = Readonly<Record<string, unknown>>;

/** What the stories ask of a guard for one of the people. */
export interface Face {
  readonly engine: { start(model: string, data: Data): Promise<{ readonly id: string }> };
  readonly tasks: {
    take(id: string): Promise<unknown>;
    assign(id: string, to: string): Promise<unknown>;
    complete(id: string, data: Data): Promise<unknown>;
    count(): Promise<number>;
  };
  readonly data: {
    getPendingUserTasks(query: Data): Promise<readonly ItemView[]>;
    findItems(query: Data): Promise<readonly ItemView[]>;
    findInstances(query: Data): Promise<readonly InstanceView[]>;
  };
  readonly model: { findStartEvents(query: Data): Promise<readonly { readonly modelName?: string }[]> };
}

/** What a guard shows each of the people. */
export class Stage {
  /** @param as the guard as one of them sees it: its API, or a way through HTTP */
  constructor(
    readonly guard: Guard,
    readonly as: (name: Name) => Face = (name) => guard.as(PEOPLE[name]),
  ) {}

  async start(name: Name, model: string, data: Record<string, unknown> = {}): Promise<string> {
    return (await this.as(name).engine.start(model, data)).id;
  }

  task(elementId: string, instanceId: string): Promise<ItemView> {
    return waitingTask(this.guard, elementId, instanceId);
  }

  /** Takes the waiting task of that element, and completes it. */
  async perform(name: Name, elementId: string, instanceId: string, data = {}): Promise<void> {
    const { id } = await this.task(elementId, instanceId);
    await this.as(name).tasks.take(id);
    await this.as(name).tasks.complete(id, data);
  }

  /** The elements of the waiting tasks that the person is shown, which the count agrees with. */
  async offered(name: Name): Promise<string[]> {
    const { data, tasks } = this.as(name);
    const items = await data.getPendingUserTasks({});
    expect(await tasks.count()).toBe(items.length);
    return items.map(({ elementId }) => elementId as string).sort();
  }

  /** Who of the people is shown the waiting task of that element. */
  async seers(elementId: string): Promise<Name[]> {
    const all = await Promise.all(
      (Object.keys(PEOPLE) as Name[]).map(async (name) => ({ name, shown: await this.offered(name) })),
    );
    return all.filter(({ shown }) => shown.includes(elementId)).map(({ name }) => name);
  }

  /** Who has won or reserved which label in the case. */
  async labels(instanceId: string): Promise<unknown> {
    return (await this.guard.store.instances.load(instanceId))?.guard?.roles;
  }
}
