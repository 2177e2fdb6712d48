import { Readable } from 'node:stream';
import type { StoreOptions } from 'bpmn-guard';
import { main } from '../../src/cli/main.js';
import type { Io } from '../../src/cli/io.js';

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
}

/** Runs a command in this process. */
export async function run(
  args: readonly string[],
  { stdin = '', env = {}, interrupted = false }: RunOptions = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const controller = new AbortController();
  const code = await main(args, {
    stdin: Readable.from(stdin === '' ? [] : [stdin]),
    out: (line) => void out.push(line),
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
  if ('folder' in store) return ['--folder', store.folder];
  if ('url' in store) return ['--url', store.url, '--name', store.name];
  throw new Error('a store in memory has no name');
}
