import { readdirSync, readFileSync } from 'node:fs';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`);
const wordsOf = (file: string): ReadonlySet<string> =>
  new Set(readFileSync(file, 'utf8').match(/\b\w+\b/g) ?? []);
const EXPORTED = /^export (?:async )?(?:const|function\*?|class|abstract class) (\w+)/gm;

test('what a module exports is used by another one, or by a test', () => {
  const words = new Map(
    ['src', 'test', 'scripts', 'bench', 'sample-app'].flatMap(filesIn).map((file) => [file, wordsOf(file)]),
  );
  const exported = filesIn('src').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(EXPORTED)].map(([, name]) => ({ file, name: name as string })),
  );
  expect(exported.length).toBeGreaterThan(500);
  const unused = exported.filter(
    ({ file, name }) => ![...words].some(([other, all]) => other !== file && all.has(name)),
  );
  expect(unused).toEqual([]);
});
