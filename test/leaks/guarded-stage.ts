import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as bpmn from 'bpmn-server';
import { createGuard, openStore, type GuardOptions, type Store } from 'bpmn-guard';
import { MongoClient } from 'mongodb';
import { PATIENCE } from '../support/stores';
import type { Stage } from './stage';

type Call = (...args: unknown[]) => Promise<unknown>;

/** The store, which notes with what it was asked, and waits where it is told to. */
function noting(store: Store, asked: unknown[], delay: () => number): Store {
  const noted =
    (call: Call): Call =>
    async (...args) => {
      asked.push(args);
      if (call === store.instances.update) await new Promise((resolve) => setTimeout(resolve, delay()));
      return call(...args);
    };
  const instances = Object.fromEntries(
    Object.entries(store.instances).map(([name, call]) => [name, noted(call as Call)]),
  );
  return { ...store, instances: instances as unknown as Store['instances'] };
}

/** A guard in memory or, with a URL, on a database of its own. */
export async function guardedStage(
  url: string | undefined,
  options: Partial<GuardOptions> = {},
): Promise<Stage & { guard: Awaited<ReturnType<typeof createGuard>>; close(): Promise<void> }> {
  const name = `leaks_${randomUUID().slice(0, 8)}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'leaks-'));
  mkdirSync(path.join(folder, 'models'));
  const asked: unknown[] = [];
  let delay = 0;
  const store = noting(
    await openStore(url === undefined ? { memory: true } : { url, name, timeout: PATIENCE }),
    asked,
    () => delay,
  );
  const guard = await createGuard({
    store,
    configuration: { definitionsPath: path.join(folder, 'models') },
    keep: { savePoints: true },
    env: {},
    ...options,
  });
  return {
    guard,
    api: guard.api,
    server: guard.server,
    user: (info) => new bpmn.SecureUser(info as never),
    as: (user, work) => guard.runAs(user as never, work),
    stored: (id) => store.instances.load(id),
    asked,
    slowDown: () => void (delay = 100),
    folder,
    async close() {
      await guard.close();
      if (url !== undefined) {
        const client = await MongoClient.connect(url);
        await client.db(name).dropDatabase();
        await client.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
