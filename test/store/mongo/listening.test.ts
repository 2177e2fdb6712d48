import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { fromChildren, heardChild } from '../../support/heard-children.js';
import { askedBy } from '../../support/shapes/asked.js';
import { shapeOf } from '../../support/shapes/fit.js';
import { isListenedTo, unused } from '../../support/shapes/listened.cjs';
import { lastingPlace, onMongo } from '../../support/stores.js';
import { ROOT } from '../../surface/sources.js';

const file = (...names: string[]): string => path.join(ROOT, 'test', ...names);
const note = (name: string, ...used: string[]): Parameters<typeof unused>[0][number] => ({
  file: name,
  all: ['one', 'two', 'three'],
  used,
});

describe('At the end of a run', () => {
  test('an entry of the table of queries that no file needs is told', () => {
    expect(unused([note('a', 'one'), note('b', 'one', 'three')], ['a', 'b'])).toEqual(['two']);
    expect(unused([note('a', 'one', 'two'), note('b', 'three')], ['a', 'b'])).toEqual([]);
  });

  test('none is told when a file was not run, or none at all', () => {
    expect(unused([note('a', 'one')], ['a', 'b'])).toEqual([]);
    expect(unused([], ['a'])).toEqual([]);
    expect(unused([], [])).toEqual([]);
  });
});

test('files that ask the store for all that it can do are not listened to, others of the store are', () => {
  expect(isListenedTo(file('engine', 'crash.test.ts'))).toBe(true);
  expect(isListenedTo(file('store', 'contents', 'move.test.ts'))).toBe(true);
  expect(isListenedTo(file('store', 'mongo', 'conformance.test.ts'))).toBe(false);
});

const PROGRAM = `
const [module, options] = process.argv.slice(1);
import(module).then(async ({ openStore }) => {
  const store = await openStore(JSON.parse(options));
  await store.instances.find({ filter: { id: 'a', 'data.x': /secret/ }, limit: 1 });
  await store.close();
});
`;

onMongo('A child process', () => {
  test.each(['esm', 'cjs'])('is listened to, with the package as %s', async (format) => {
    const place = lastingPlace('mongo');
    const module = pathToFileURL(path.join(ROOT, 'dist', format, 'index.js')).href;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['-e', PROGRAM, module, JSON.stringify(place.options)],
      { env: { PATH: process.env.PATH, ...heardChild() } as unknown as NodeJS.ProcessEnv, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    const asked = fromChildren().flatMap(({ name, command }) => askedBy(name, command));
    const [byId] = asked.filter(({ values }) => values.has('id'));
    expect(byId).toMatchObject({ collection: 'wf_instances', does: 'find', limit: 1, timed: true });
    expect(byId?.fields).toEqual(new Set(['id', 'data.x']));
    expect(byId && shapeOf(byId)?.index).toBe('instance');
    expect(fromChildren()).toEqual([]);
    await place.remove();
  });
});
