import path from 'node:path';
import { filesBelow, SOURCES } from './sources.js';

/** The entries of the package, which have no code of their own: `test/surface` and `test/package` are about them. */
const ENTRIES = 'src';

const tests = filesBelow('test', /\.test\.ts$/);
const rooms = [...new Set(SOURCES.map((file) => path.posix.dirname(file)))].filter(
  (room) => room !== ENTRIES,
);

test('there are rooms to look at', () => {
  expect(rooms.length).toBeGreaterThan(15);
});

test.each(rooms)('%s has tests in the directory that mirrors it', (room) => {
  const mirror = room.replace(/^src/, 'test');
  expect(tests.filter((file) => path.posix.dirname(file) === mirror)).not.toEqual([]);
});
