import { read } from '../surface/sources.js';
import { snippetsOf } from './snippets.js';

/** The pages of the policies, one for each, as their table names them. */
const PAGES = [...read('docs/policies.md').matchAll(/^\|.*\[[\w ]+\]\(([\w-]+\.md)\) \|$/gm)].map(
  ([, page]) => `docs/${page}`,
);

test('there is a page for each policy', () => {
  expect(PAGES).toHaveLength(5);
});

test.each(PAGES)(
  '%s has a complete program, and says what the policy does to lists and to existing tasks',
  (page) => {
    expect(snippetsOf(page).some(({ code }) => code.includes('await createGuard({ configuration: {}'))).toBe(
      true,
    );
    expect(read(page)).toMatch(/^## What it does to lists/m);
    expect(read(page)).toMatch(/^## What it does to existing tasks$/m);
  },
);
