import { builtinModules } from 'node:module';
import { filesBelow, read } from '../surface/sources';

const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'optionalDependencies' | 'peerDependencies',
  Readonly<Record<string, string>>
>;
const IMPORT = /(?:from|import|import\(|require\()\s*'([@\w][\w@/:.-]*)'/g;

/** The name of the package of which a module is. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const imported = new Set(
  filesBelow('src', /(?<!\.d)\.ts$/)
    .flatMap((file) => [...read(file).matchAll(IMPORT)].map((match) => packageOf(match[1] as string)))
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)),
);

test('what is published declares every package that it imports, and no others', () => {
  expect([...imported].sort()).toEqual(
    [dependencies, optionalDependencies, peerDependencies].flatMap((part) => Object.keys(part)).sort(),
  );
});
