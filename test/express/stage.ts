import {
  apiKeys,
  createGuard,
  openStore,
  userDirectory,
  type ApiKeys,
  type AuditEntry,
  type Guard,
  type GuardOptions,
  type Store,
  type UserDirectory,
} from 'bpmn-guard';
import { model, end, start, task } from '../support/models.js';
import { TestDelegate } from '../support/guards.js';

export const API_KEY = 'the-key-of-the-environment-0123456789';
export const PASSWORD = 'correct horse battery';

/** A guard with a user directory, keys, and a model that everybody may start. */
export interface Stage {
  readonly guard: Guard;
  readonly store: Store;
  readonly directory: UserDirectory;
  readonly keys: ApiKeys;
  /** Everything that was logged, as one text. */
  readonly log: () => string;
  audit(): Promise<AuditEntry[]>;
  close(): Promise<void>;
}

export async function setStage(
  options: Partial<GuardOptions> & { readonly withDirectory?: boolean; readonly apiKey?: string } = {},
): Promise<Stage> {
  const { withDirectory = true, apiKey = API_KEY, ...rest } = options;
  const store = await openStore({ memory: true });
  const directory = userDirectory(store);
  const lines: string[] = [];
  const note = (message: string, facts?: unknown): void =>
    void lines.push(`${message} ${JSON.stringify(facts)}`);
  const guard = await createGuard({
    env: {},
    store,
    configuration: { appDelegate: (server: unknown) => new TestDelegate(server, {}) },
    logger: { info: note, warn: note, error: note },
    ...(withDirectory ? { directory } : {}),
    ...rest,
  });
  await directory.add({ userName: 'alice', userGroups: ['hr'], tenantId: null }, PASSWORD);
  await directory.add({ userName: 'bob', userGroups: ['it'] }, PASSWORD);
  await directory.add({ userName: 'root', userGroups: ['ADMIN'] }, PASSWORD);
  await directory.add({ userName: 'god', userGroups: ['SYSTEM'] }, PASSWORD);
  await directory.add({ userName: 'gone', userGroups: ['hr'] }, PASSWORD);
  await directory.add({ userName: 'acme-user', userGroups: ['hr'], tenantId: 'acme' }, PASSWORD);
  await directory.change('gone', { disabled: true });
  await guard.api.model.save('ask', model([start(), task('answer'), end()]), null, {
    userName: 'root',
    userGroups: ['ADMIN'],
  });
  return {
    guard,
    store,
    directory,
    keys: apiKeys(store, { env: { API_KEY: apiKey } }),
    log: () => lines.join('\n'),
    audit: () => store.audit.find({ limit: 1000 }),
    close: () => guard.close(),
  };
}
