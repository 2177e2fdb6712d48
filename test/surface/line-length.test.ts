import { filesBelow, read } from './sources.js';

const PAGES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', /\.md$/)];
const MOST = 120;

/** Lines of prose that are too long: outside fenced code, tables and links. */
function tooLong(page: string): string[] {
  let isCode = false;
  return read(page)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trimStart().startsWith('```')) isCode = !isCode;
      const isFree = isCode || line.trimStart().startsWith('|') || line.includes('](');
      return !isFree && line.length > MOST ? [`${page}:${index + 1}`] : [];
    });
}

test.each(PAGES)('the prose of %s has lines of at most 120 columns', (page) => {
  expect(tooLong(page)).toEqual([]);
});
