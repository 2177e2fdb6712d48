import { parseYaml } from '../../src/engine/policies/files/parse-file.js';
import { Turns } from '../../src/store/turns.js';
import { filesBelow, read } from '../surface/sources.js';

const BLOCK = /```yaml\n([^]*?)```/g;
const blocks = filesBelow('docs', /\.md$/).flatMap((page) =>
  [...read(page).matchAll(BLOCK)].map(([, text]) => [page, text as string] as const),
);

test('the pages show policy files', () => {
  expect(blocks.length).toBeGreaterThan(1);
});

test.each(blocks)('a policy file in %s has no mistakes', async (page, text) => {
  expect((await parseYaml(page, text, new Turns())).mistakes).toEqual([]);
});
