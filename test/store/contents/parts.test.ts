import { openStore } from '../../../src/store/open.js';
import { PARTS } from '../../../src/store/contents/parts.js';
import { SPACES } from '../../../src/store/embedded/bytes.js';
import { FORMS } from '../../../src/store/embedded/forms.js';
import { COLLECTION_NAMES } from '../../../src/store/mongo/collections.js';

/** What goes with a store, by the part of its interface through which it comes in. */
const BY_PORT: Readonly<Record<string, readonly string[]>> = {
  instances: ['instances', 'archive'],
  models: ['models'],
  users: ['users'],
  audit: ['audit'],
  policies: ['policies', 'policyParts', 'policySnapshots'],
  values: ['values'],
  // They belong to the processes that hold them.
  locks: [],
};
/** Members of a store that keep nothing. */
const WORK = ['kind', 'install', 'missingIndexes', 'ping', 'backup', 'bounded', 'close', 'onWritable'];

test('each part of the interface of a store is copied, or left out for a reason', async () => {
  const store = await openStore({ memory: true });
  const ports = Object.keys(store).filter((name) => !WORK.includes(name));
  await store.close();
  expect(ports.sort()).toEqual(Object.keys(BY_PORT).sort());
  expect(Object.values(BY_PORT).flat().sort()).toEqual([...PARTS].sort());
});

test('each collection of a database is copied, but for locks', () => {
  expect([...PARTS, 'locks'].sort()).toEqual(Object.keys(COLLECTION_NAMES).sort());
});

test('each space of a folder is copied, but for its index and the number of its format', () => {
  const made = ['index', 'format'];
  const spaces = ['instance', 'large', ...Object.values(FORMS).map(({ space }) => space), ...made];
  expect([...new Set(spaces)].sort()).toEqual([...SPACES].sort());
});
