import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { GuardError, StoreOptions } from 'bpmn-guard';

export type StoreKind = 'embedded' | 'mongo';

const MISSING = 'MONGO_DB_URL is not set: these tests did not run on MongoDB';

/** A place for one test's data: opened as often as the test likes, gone with `remove`. */
export interface Place {
  readonly kind: StoreKind;
  readonly options: StoreOptions;
  remove(): Promise<void>;
}

/** In memory, where the test needs nothing to outlive a guard. */
export function memoryPlace(): Place {
  return { kind: 'embedded', options: { memory: true }, remove: async () => undefined };
}

/** Of one call of the store: long, because a busy machine is no outage. */
export const PATIENCE = 30_000;

function folderPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-test-'));
  return {
    kind: 'embedded',
    options: { folder, queryTimeout: PATIENCE },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Again, while the store does not answer in time: on a busy machine a process stands still at any moment. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--)
    try {
      return await work();
    } catch (error) {
      if (left === 0 || (error as GuardError).status !== 503) throw error;
    }
}

function mongoPlace(url: string): Place {
  const name = `guard_test_${randomUUID().slice(0, 13)}`;
  const remove = async (): Promise<void> => {
    const client = await MongoClient.connect(url);
    await client.db(name).dropDatabase();
    await client.close();
  };
  return { kind: 'mongo', options: { url, name, timeout: PATIENCE }, remove };
}

/** Data that outlives a guard: a folder, or a database of its own. */
export function lastingPlace(kind: StoreKind): Place {
  return kind === 'embedded' ? folderPlace() : mongoPlace(mongoUrl());
}

export function mongoUrl(): string {
  const url = process.env.MONGO_DB_URL;
  if (url === undefined || url === '') throw new Error(MISSING);
  return url;
}

const hasMongo = (): boolean => Boolean(process.env.MONGO_DB_URL);

/** The tests on the embedded store, and on MongoDB where MONGO_DB_URL is set; with CI=true it must be. */
export function onStores(title: string, tests: (kind: StoreKind) => void): void {
  describe(`${title}, on the embedded store`, () => tests('embedded'));
  onMongo(title, () => tests('mongo'));
}

/** Tests that need MongoDB: two processes on one database. */
export function onMongo(title: string, tests: () => void): void {
  if (hasMongo()) describe(`${title}, on MongoDB`, tests);
  else if (process.env.CI === 'true')
    test(`${title}, on MongoDB`, () => expect(process.env.MONGO_DB_URL).toBeTruthy());
  else {
    process.stderr.write(`skipped: ${title}: ${MISSING}\n`);
    test.skip(`${title}, on MongoDB: ${MISSING}`, () => undefined);
  }
}
