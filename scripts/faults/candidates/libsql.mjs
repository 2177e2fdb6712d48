import { Worker } from 'node:worker_threads';

/**
 * SQLite in the fork libSQL, whose binaries come inside its packages: a tree of pages and a log written ahead. In a
 * thread of its own: only its end releases the files, since a prepared statement cannot be closed.
 */
export const name = 'libsql';

const PAGE = 200;

export async function open(folder) {
  const thread = new Worker(new URL('libsql-thread.mjs', import.meta.url), { workerData: folder });
  const waiting = new Map();
  let last = 0;
  const settle = (id, settled) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (settled.error === undefined) resolve?.(settled.value);
    else reject?.(Object.assign(new Error(settled.error.message), settled.error));
  };
  thread.on('message', ({ id, ...settled }) => settle(id, settled));
  thread.on('error', (error) => {
    for (const id of [...waiting.keys()]) settle(id, { error: { message: error.message, code: error.code } });
  });
  const ask = (command, ...values) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      thread.postMessage({ id: last, command, values });
    });
  try {
    await ask('open');
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  return {
    get: (key) => ask('get', key),
    put: (entries) => ask('put', entries),
    async *iterate(from = '') {
      for (let at = from; at !== undefined;) {
        const rows = await ask('page', at, PAGE);
        yield* rows;
        at = rows.length < PAGE ? undefined : `${rows.at(-1)[0]}\0`;
      }
    },
    async close() {
      await ask('close');
      await thread.terminate();
    },
  };
}
