import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/port.js';
import { CASES } from './cases.js';

/** Changes something about the files of a folder. */
export type Damage = (folder: string) => Promise<void>;

/** A text of its own for each number, so long that damage may hit it. */
export const longText = (n: number): string =>
  Array.from({ length: 60 }, (_, i) => (n * 31 + i * 17) % 997).join('-');

/** What is known of the folder that copies are made of. */
export interface Original {
  /** The folder for the copies. */
  readonly root: string;
  readonly folder: string;
  /** All that can be read of a store, as one text; and what that is of the original. */
  readonly everything: (store: Store) => Promise<string>;
  readonly content: string;
}

/**
 * How it goes when a copy of the folder is changed: the same data, the code of a refusal, or `other data`; with what
 * the refusal says.
 */
export async function afterChange(
  { root, folder: from, everything, content }: Original,
  change: Damage,
): Promise<{ was: string; message: string }> {
  const folder = await mkdtemp(path.join(root, 'copy-'));
  await cp(from, folder, { recursive: true });
  await change(folder);
  let store: Store | undefined;
  try {
    store = await openStore({ folder });
    return { was: (await everything(store)) === content ? 'same data' : 'other data', message: '' };
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { was: code, message };
  } finally {
    await store?.close();
    await rm(folder, { recursive: true });
  }
}

/** Changes one bit of a file. */
export const flip =
  (file: string, bit: number): Damage =>
  async (folder) => {
    const at = path.join(folder, file);
    const bytes = await readFile(at);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    await writeFile(at, bytes);
  };

export const TRIES = 24 * CASES;

/** Places all over a file, each time the same. */
export const places = (size: number, tries = TRIES): number[] =>
  Array.from({ length: Math.min(size, tries) }, (_, i) =>
    Math.floor(((i + 0.37) * size) / Math.min(size, tries)),
  );
