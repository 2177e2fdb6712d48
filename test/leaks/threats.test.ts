import { filesBelow, read } from '../surface/sources';

/** Classes of threats whose place is not built yet: no test can fail for them today. */
const LATER: Readonly<Record<string, string>> = {
  T9: 'live push: there is no push channel yet; notifications (guard.on) carry ids and names only',
  T10: 'live push: nothing is sent to anybody after a permission change yet',
};

const CLASSES = Array.from({ length: 31 }, (_, at) => `T${at + 1}`);
const HERE = filesBelow('test', /\.test\.ts$/).map((file) => read(file));

/** The beginning of a test's title, as it stands in a source. */
const isTested = (id: string): boolean =>
  HERE.some((source) => new RegExp(`\\b(test|it)(\\.each\\([^\\n]*\\))?\\(\\s*['"\`]${id} `).test(source));

test.each(CLASSES.filter((id) => !(id in LATER)))('%s has a test that is named after it', (id) => {
  expect(isTested(id)).toBe(true);
});

for (const [id, reason] of Object.entries(LATER)) {
  test.todo(`${id} is for later. ${reason}`);
  test(`${id} is listed as later only as long as it has no test`, () => expect(isTested(id)).toBe(false));
}

describe('SECURITY.md', () => {
  const text = read('SECURITY.md');
  const rows = text.split('\n').filter((line) => /^\| (T\d+|R\d+|W\d+) /.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split('|').at(-2) as string).matchAll(/`([^`]+)`/g)].map((match) => match[1] as string),
  );
  const sources = filesBelow('test', /\.ts$/).map((file) => read(file));

  test('has a line for every class of threats', () => {
    const lines = rows.map((row) => row.split('|')[1]?.trim());
    for (const id of CLASSES) expect(lines).toContain(id);
  });

  test('names tests, and each of them is there', () => {
    expect(named.length).toBeGreaterThan(CLASSES.length - Object.keys(LATER).length);
    // A title in single quotes has its own quotes escaped.
    const missing = named.filter(
      (title) =>
        !sources.some((source) => source.includes(title) || source.includes(title.replaceAll("'", "\\'"))),
    );
    expect(missing).toEqual([]);
  });

  test('says of what is for later that it is not defended yet', () => {
    for (const id of Object.keys(LATER))
      expect(rows.find((row) => row.startsWith(`| ${id} `))).toMatch(/not yet/);
    expect(rows.filter((row) => /not yet/.test(row)).length).toBe(Object.keys(LATER).length);
  });

  test('says what is not covered', () => {
    for (const word of [
      'model authors',
      'appDelegate',
      'timing',
      'unguarded',
      'database',
      'denial of service',
      'ADMIN',
    ])
      expect(text.toLowerCase()).toContain(word.toLowerCase());
  });
});
