import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { openStore, type Store, type StoreOptions } from 'bpmn-guard';
import { main } from '../../src/cli/main.js';
import type { Io } from '../../src/cli/io.js';
import type { Guards } from '../support/guards.js';
import type { Place } from '../support/stores.js';

export interface Ran {
  readonly code: number;
  /** Lines of the standard output. */
  readonly out: string[];
  readonly err: string[];
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Io['env'];
  /** Interrupted as soon as a command says that it can be. */
  readonly interrupted?: boolean;
  /** Nobody reads the standard output. */
  readonly isBroken?: boolean;
}

/** Runs a command in this process. */
export async function run(
  args: readonly string[],
  { stdin = '', env = {}, interrupted = false, isBroken = false }: RunOptions = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const handOver = (line: string): Promise<void> =>
    isBroken ? Promise.reject(new Error('write EPIPE')) : Promise.resolve(void out.push(line));
  const controller = new AbortController();
  const code = await main(args, {
    stdin: Readable.from(stdin === '' ? [] : [stdin]),
    out: (line) => void out.push(line),
    handOver,
    err: (line) => void err.push(line),
    env,
    onInterrupt: () => {
      if (interrupted) controller.abort();
      return { signal: controller.signal, done: () => undefined };
    },
  });
  return { code, out, err };
}

/** The options that name a store. */
export function named(store: StoreOptions): string[] {
  if (store.folder !== undefined) return ['--folder', store.folder];
  if (store.url !== undefined) return ['--url', store.url, '--name', store.name];
  throw new Error('a store in memory has no name');
}

/** Opens the store of a place for some work. */
export async function inStore<T>({ options }: Place, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** For each test of a block: a store that `bpmn-guard install` has prepared, and an empty folder for files. */
export class Prepared {
  place!: Place;
  /** The options that name the store. */
  at!: string[];
  folder!: string;

  constructor(guards: Guards) {
    beforeEach(async () => {
      this.place = guards.place();
      this.at = named(this.place.options);
      this.folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
      expect((await run(['install', ...this.at])).code).toBe(0);
    });
    afterEach(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Writes a file into the folder. @returns its path */
  put(name: string, text: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** Opens the store for some work. */
  inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    return inStore(this.place, work);
  }
}
