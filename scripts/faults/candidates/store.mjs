import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { ObjectId } from 'bson';

const BUILT = new URL('../../../dist/esm/store/', import.meta.url);
export const built = (file) => import(new URL(file, BUILT));

/** What the package does today: its engine, its own checks, and instances with their index. */
export const name = 'store';
/** It groups concurrent writes itself. */
export const groups = true;

export const isBuilt = () => existsSync(new URL('embedded/folder-bytes.js', BUILT));

/** An entry as an instance, with about as many entries of the index as one with two tasks has. */
export function instanceOf(key, value) {
  const text = Buffer.from(value).toString('base64');
  const [item, user] = [text.slice(-24), text.slice(-28, -24)];
  return {
    _id: new ObjectId(createHash('sha256').update(key).digest().subarray(0, 12)),
    id: key,
    name: key.slice(0, key.indexOf('/')),
    status: user < 'U' ? 'running' : 'end',
    data: { text },
    items: [
      { id: `${item}-1`, status: 'end' },
      { id: `${item}-2`, status: 'wait', timeDue: new Date(1e12 + text.charCodeAt(12) * 1e6) },
    ],
    guard: { rev: 1, format: 1, read: [`|u:${user}`, '|t'], open: [`|u:${user}`] },
  };
}

export const valueIn = (document) => Buffer.from(document.data.text, 'base64');

export async function open(folder, options) {
  const { FolderBytes } = await built('embedded/folder-bytes.js');
  const { encode } = await built('bson/codec.js');
  const { NOTHING_BESIDE, replaced, storedIn } = await built('embedded/instance-bytes.js');
  const bytes = await FolderBytes.open(folder, options);
  return {
    get: async (key) => {
      const [found] = await bytes.read('instance', [key]);
      return found && valueIn(storedIn(found).document);
    },
    put: async (entries) => {
      const before = await bytes.read(
        'instance',
        entries.map(([key]) => key),
      );
      const changes = entries.map(([key, value], at) => {
        const document = instanceOf(key, value);
        const old = before[at] && storedIn(before[at]);
        return replaced(old, document, encode(document), NOTHING_BESIDE).changes;
      });
      await bytes.write(changes.flat());
    },
    async *iterate(from) {
      for await (const [key, value] of bytes.scan('instance', { from }))
        yield [key, valueIn(storedIn(value).document)];
      // What older formats hold.
      for await (const entry of bytes.scan('value', { from })) yield entry;
    },
    onWritable: (listener) => bytes.onWritable(listener),
    close: () => bytes.close(),
  };
}
