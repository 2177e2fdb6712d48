import { readdirSync, readFileSync } from 'node:fs';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`);
const wordsOf = (file: string): ReadonlySet<string> =>
  new Set(readFileSync(file, 'utf8').match(/\b\w+\b/g) ?? []);
const EXPORTED = /^export (?:async )?(?:const|function\*?|class|abstract class) (\w+)/gm;

/** Programs of the repository: what they use is used. Tests are none: they call what the product calls. */
const PROGRAMS = ['src', 'scripts', 'bench'];
/** The modules whose exports are the package's own. */
const ENTRIES = ['src/index.ts', 'src/testing.ts', 'src/cli.ts'];
/** A migration that a test begins and leaves halfway. */
const FOR_TESTS = ['writeAnew'];

test('what a module exports is used by another one, or is public', () => {
  const words = new Map(PROGRAMS.flatMap(filesIn).map((file) => [file, wordsOf(file)]));
  const exported = filesIn('src').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(EXPORTED)].map(([, name]) => ({ file, name: name as string })),
  );
  expect(exported.length).toBeGreaterThan(500);
  const unused = exported.filter(
    ({ file, name }) =>
      !ENTRIES.includes(file) && ![...words].some(([other, all]) => other !== file && all.has(name)),
  );
  expect(unused.map(({ name }) => name)).toEqual(FOR_TESTS);
});
