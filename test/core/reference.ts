import { readFileSync } from 'node:fs';

/** The rows of the first table below a heading of the reference page, each a list of cells. */
export function rowsUnder(heading: string): readonly string[][] {
  const page = readFileSync(`${__dirname}/../../docs/reference.md`, 'utf8');
  const section = page.slice(page.indexOf(`\n## ${heading}\n`) + 4).split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}
