import { existsSync } from 'node:fs';

const BUILT = new URL('../../../dist/esm/store/embedded/folder-bytes.js', import.meta.url);

/** What the package does today: its engine together with its own checks. */
export const name = 'store';
/** It groups concurrent writes itself. */
export const groups = true;

export const isBuilt = () => existsSync(BUILT);

export async function open(folder) {
  const { FolderBytes } = await import(BUILT);
  const bytes = await FolderBytes.open(folder);
  return {
    get: async (key) => (await bytes.read('value', [key]))[0],
    put: (entries) => bytes.write(entries.map(([key, value]) => ({ space: 'value', key, bytes: value }))),
    iterate: (from) => bytes.scan('value', { from }),
    close: () => bytes.close(),
  };
}
