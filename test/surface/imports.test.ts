import { isBuiltin } from 'node:module';
import path from 'node:path';
import { filesBelow, importsOf, read, SOURCES } from './sources.js';

/** The rings, innermost first: a file imports from its own ring and from those before it. */
const RINGS = ['core', 'store', 'engine', 'express', 'cli', 'top'];

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const OPTIONAL = [
  ...Object.keys(manifest.optionalDependencies),
  ...Object.keys(manifest.peerDependenciesMeta),
];
const INSTALLED = [
  ...Object.keys(manifest.dependencies),
  ...OPTIONAL,
  ...Object.keys(manifest.peerDependencies),
];

const isRelative = (name: string): boolean => name.startsWith('.');
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

function ring(file: string): string {
  const [, folder, ...rest] = file.split('/');
  return rest.length === 0 ? 'top' : (folder as string);
}

const target = (file: string, name: string): string => path.posix.join(path.posix.dirname(file), name);
/** Programs of threads, which need no compilation. */
const PROGRAMS = filesBelow('src', /\.cjs$/);
const relatives = (file: string): string[] =>
  importsOf(file)
    .filter(isRelative)
    .map((name) => target(file, name));
const packages = (file: string): string[] => importsOf(file).filter((name) => !isRelative(name));

test('every source file lies in a ring', () => {
  expect(SOURCES.filter((file) => !RINGS.includes(ring(file)))).toEqual([]);
});

describe.each(SOURCES)('%s', (file) => {
  test('imports from its own ring and those inside it', () => {
    const reach = RINGS.slice(0, RINGS.indexOf(ring(file)) + 1);
    expect(relatives(file).filter((name) => !reach.includes(ring(name)))).toEqual([]);
  });

  test('imports sources only, by their built names', () => {
    const all = relatives(file);
    expect(all.filter((name) => name.endsWith('.cjs')).filter((name) => !PROGRAMS.includes(name))).toEqual(
      [],
    );
    for (const name of all.filter((one) => !one.endsWith('.cjs'))) {
      expect(name).toMatch(/^src\/.*\.js$/);
      expect(SOURCES).toContain(name.replace(/\.js$/, '.ts'));
    }
  });

  test('imports only packages that are installed with this one', () => {
    expect(packages(file).filter((name) => !isBuiltin(name) && !INSTALLED.includes(packageOf(name)))).toEqual(
      [],
    );
  });
});

/** The rooms of the engine, innermost first: a file imports from its own room and from those before it. */
const ROOMS = [
  'contract',
  'policy-book',
  'users',
  'model',
  'execution',
  'enforcement',
  'policies',
  'upkeep',
  'top',
];

const ENGINE = SOURCES.filter((file) => ring(file) === 'engine');

function room(file: string): string {
  const [, , folder, ...rest] = file.split('/');
  return rest.length === 0 ? 'top' : (folder as string);
}

test('every file of the engine lies in a room', () => {
  expect(ENGINE.filter((file) => !ROOMS.includes(room(file)))).toEqual([]);
});

test('a room of the engine imports from those inside it only', () => {
  const outwards = ENGINE.flatMap((file) => {
    const reach = ROOMS.slice(0, ROOMS.indexOf(room(file)) + 1);
    return relatives(file)
      .filter((name) => ring(name) === 'engine' && !reach.includes(room(name)))
      .map((name) => `${file} -> ${name}`);
  });
  expect(outwards).toEqual([]);
});

test('no file imports another that leads back to it', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (done.has(file) || way.includes(file)) return;
    for (const name of relatives(file)) visit(name.replace(/\.js$/, '.ts'), [...way, file]);
    done.add(file);
  };
  for (const file of SOURCES) visit(file, []);
  expect(circles).toEqual([]);
});

const below = (folder: string): string[] => SOURCES.filter((file) => file.startsWith(`src/${folder}/`));

test('the core imports nothing but the core: no package, no node module', () => {
  expect(below('core').length).toBeGreaterThan(0);
  expect(below('core').flatMap(packages)).toEqual([]);
});

test('the store does not know bpmn-server', () => {
  expect(below('store').filter((file) => packages(file).includes('bpmn-server'))).toEqual([]);
});

test('the mongodb driver is known to the mongo adapter only', () => {
  expect(
    SOURCES.filter((file) => packages(file).includes('mongodb') && !file.startsWith('src/store/mongo/')),
  ).toEqual([]);
});

test('packages that may be missing are imported as types, or when they are needed', () => {
  const atOnce = new RegExp(`^import (?!type )[^;]*? from '(${OPTIONAL.join('|')})'`, 'm');
  expect("import { ClassicLevel } from 'classic-level';").toMatch(atOnce);
  expect(SOURCES.filter((file) => atOnce.test(read(file)))).toEqual([]);
});

describe('the sample application', () => {
  const files = filesBelow('sample-app', /\.[cm]?js$/).filter(
    (file) => !file.startsWith('sample-app/public/'),
  );

  test('imports this package by its name, and nothing else of this repository', () => {
    expect(files.length).toBeGreaterThan(0);
    const outside = files.flatMap((file) =>
      relatives(file)
        .filter((name) => !name.startsWith('sample-app/'))
        .map((name) => `${file}: ${name}`),
    );
    expect(outside).toEqual([]);
    const names = files.flatMap(packages).filter((name) => packageOf(name) === manifest.name);
    expect(names.filter((name) => ![manifest.name, `${manifest.name}/testing`].includes(name))).toEqual([]);
  });

  test('nothing imports the sample application but its tests', () => {
    const importers = [...SOURCES, ...filesBelow('scripts', /\.mjs$/)].filter((file) =>
      importsOf(file).some((name) => isRelative(name) && target(file, name).startsWith('sample-app/')),
    );
    expect(importers).toEqual([]);
  });
});
