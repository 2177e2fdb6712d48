import { existsSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, read, ROOT } from '../surface/sources';

const { files, repository } = JSON.parse(read('package.json')) as {
  files: readonly string[];
  repository: { url: string };
};
/** Where the repository is looked at. */
const HOME = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
/** npm packs these whatever `files` says. */
const ALWAYS = ['README.md', 'LICENSE', 'package.json'];
const isPacked = (file: string): boolean =>
  [...files, ...ALWAYS].some((entry) => file === entry || file.startsWith(`${entry}/`));

const PAGES = ['README.md', ...files.filter((file) => file.endsWith('.md')), ...filesBelow('docs', /\.md$/)];

interface Link {
  readonly page: string;
  readonly target: string;
}
const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');
const withoutCode = (text: string): string => withoutFences(text).replace(/`[^`\n]*`/g, '');
const links: Link[] = PAGES.flatMap((page) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({
    page,
    target: target as string,
  })),
);
const isAbsolute = ({ target }: Link): boolean => /^[a-z]+:/.test(target);
const said = ({ page, target }: Link): string => `${page}: ${target}`;

/** The anchors of a page, as GitHub and npm make them from its headings. */
function anchorsOf(page: string): string[] {
  const headings = [...withoutFences(read(page)).matchAll(/^#+ (.*)$/gm)].map(
    ([, heading]) => heading as string,
  );
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}
const fileOf = ({ page, target }: Link): string => {
  const [file = ''] = target.split('#');
  return file === '' ? page : path.posix.normalize(path.posix.join(path.posix.dirname(page), file));
};
const relative = links.filter((link) => !isAbsolute(link));

test('the pages of the package link each other', () => {
  expect(PAGES.length).toBeGreaterThan(25);
  expect(relative.length).toBeGreaterThan(80);
});

test('every relative link of a page leads to a file that is in the package', () => {
  expect(relative.filter((link) => !existsSync(path.join(ROOT, fileOf(link)))).map(said)).toEqual([]);
  expect(relative.filter((link) => !isPacked(fileOf(link))).map(said)).toEqual([]);
});

test('every anchor of a link is a heading of its page', () => {
  const anchored = relative.filter(({ target }) => target.includes('#'));
  expect(anchored.length).toBeGreaterThan(5);
  expect(
    anchored.filter((link) => !anchorsOf(fileOf(link)).includes(link.target.split('#')[1] ?? '')).map(said),
  ).toEqual([]);
});

test('links to what is not in the package lead to a file of the repository that package.json names', () => {
  const own = links.filter(({ target }) => target.startsWith(`${HOME}/`));
  expect(own.length).toBeGreaterThan(0);
  const fileIn = ({ target }: Link): string => target.slice(HOME.length).replace(/^\/blob\/main\//, '');
  expect(own.filter((link) => !existsSync(path.join(ROOT, fileIn(link)))).map(said)).toEqual([]);
  expect(
    links.filter(({ target }) => /example\.invalid/.test(target) && !target.startsWith(HOME)).map(said),
  ).toEqual([]);
});
