import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CouldNotTell, openStore, type Store } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const roles = (right: string): string =>
  JSON.stringify({ securityRoles: { clerk: { rights: [right], holders: [{ user: 'ann' }] } } });
const source = (assignee: string): string => model([start(), task('t', { assignee }), end()]);

/** A store in memory whose policies and models can be taken away, and what was asked of them meanwhile. */
async function interrupted(): Promise<{ store: Store; away: (is: boolean) => void; asked: () => number }> {
  const memory = await openStore({ memory: true });
  let [isAway, asked] = [false, 0];
  const passing = <T extends object>(part: T, name: keyof T): T => {
    const plain = (part[name] as (...args: unknown[]) => unknown).bind(part);
    const value = async (...args: unknown[]): Promise<unknown> => {
      if (!isAway) return plain(...args);
      asked++;
      throw new CouldNotTell('store-unavailable', 'The store is away.');
    };
    return Object.create(part, { [name]: { value } }) as T;
  };
  const store = Object.create(memory, {
    policies: { value: passing(memory.policies, 'head') },
    models: { value: passing(memory.models, 'get') },
  }) as Store;
  return { store, away: (is) => void (isAway = is), asked: () => asked };
}

describe('A watched folder that changes while the store does not answer', () => {
  const guards = new Guards('embedded');
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'watched-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('of policy files: the change is in force once the store answers, without another touch', async () => {
    const { store, away, asked } = await interrupted();
    put('roles.json', roles('Todo:Process'));
    const guard = await guards.make({ store, policyFiles: { folder, watch: true } });
    away(true);
    put('roles.json', roles('Todo:Reject'));
    await eventually(() => asked() > 2);
    away(false);
    const mine = () => guard.api.policies.securityRoles.mine(person('ann'));
    await eventually(async () => (await mine()).includes('Todo:Reject'));
    expect((await guard.health()).policyFiles).toBeUndefined();
  });

  test('of models: the changed file is stored once the store answers, without another touch', async () => {
    const { store, away, asked } = await interrupted();
    put('A.bpmn', source('ann'));
    const guard = await guards.make({ store, modelFolder: { folder, watch: true } });
    away(true);
    put('A.bpmn', source('bob'));
    await eventually(() => asked() > 2);
    away(false);
    await eventually(async () => (await guard.api.model.getSource('A', ADMIN_USER)) === source('bob'));
    await eventually(async () => (await guard.health()).unreadableModels.length === 0);
  });

  test('a mistake is not read again until the folder changes', async () => {
    const { store, away, asked } = await interrupted();
    put('roles.json', roles('Todo:Process'));
    const { guard, log } = await guards.open({ store, policyFiles: { folder, watch: true } });
    put('roles.json', roles('Todo:Rejct'));
    const told = (): boolean =>
      log.some(({ message }) => message === 'the changed policy files are not in force');
    await eventually(told);
    away(true);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(asked()).toBe(0);
    away(false);
    expect((await guard.health()).policyFiles).toContain('Rejct');
  });
});
