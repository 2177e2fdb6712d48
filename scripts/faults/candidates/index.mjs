import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Engines that can be tried; `store` is what the package does with its own, checks included, and `store-large` with a
 * folder that is examined while it is used.
 */
export const CANDIDATES = [
  'store',
  'classic-level',
  'lmdb',
  'libsql',
  'node-sqlite3-wasm',
  'rocksdb',
  'store-large',
];

/** True for the path of a module that is a candidate as well. */
export const isPath = (name) => name.endsWith('.mjs');

/** An engine behind one small port: `get`, `put` of entries that are stored together, `iterate`, `close`. */
export const candidate = (name) => import(isPath(name) ? pathToFileURL(resolve(name)) : `./${name}.mjs`);

/** Why a candidate cannot be tried here, or undefined. */
export async function unavailable(name) {
  if (isPath(name)) return undefined;
  if (name.startsWith('store')) {
    const { isBuilt } = await candidate(name);
    return isBuilt() ? undefined : 'the package is not built: npm run build';
  }
  const { module = name } = await candidate(name);
  try {
    await import(module);
    return undefined;
  } catch (error) {
    return `not installed (${error.code}): npm install --no-save ${module}`;
  }
}
