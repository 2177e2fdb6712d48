import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './process.mjs';

/** The candidate whose figures are 1. */
const BASE = 'classic-level';
const MEASURES = ['one by one', 'fifty at once', 'open, ms', 'read all, ms'];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function child(name, folder, options) {
  const { lines, stderr } = await start(name, 'speed', folder, options, { silence: 600_000 }).ended;
  const json = lines.find((line) => line.startsWith('{'));
  if (json === undefined) throw new Error(`${name}: ${lines.at(-1)} ${stderr}`);
  return JSON.parse(json);
}

/** What many small values cost to open, and a page of them to read. @returns rows of a table */
export async function largeTable(candidates, at, entries) {
  const found = new Map();
  for (const name of candidates) {
    const folder = mkdtempSync(join(at, 'faults-large-'));
    await child(name, folder, { entries });
    found.set(name, await child(name, folder, { entries, isFilled: true }));
    rmSync(folder, { recursive: true });
    console.error(name, found.get(name));
  }
  return [
    [`${entries} values of 200 bytes`, ...candidates],
    ['', ...candidates].map(() => '---'),
    ...Object.keys(found.get(candidates[0])).map((measure) => [
      measure,
      ...candidates.map((name) => Number(found.get(name)[measure].toPrecision(3)).toString()),
    ]),
  ];
}

/** Commits a second, and seconds that opening and reading take, each candidate in turn. @returns rows of a table */
export async function speedTable(candidates, at, rounds) {
  const figures = new Map(candidates.map((name) => [name, []]));
  for (let round = 0; round < 3 + rounds; round++)
    for (const name of candidates) {
      const folder = mkdtempSync(join(at, 'faults-speed-'));
      const found = await child(name, folder);
      rmSync(folder, { recursive: true });
      console.error(name, found);
      // The first round warms the disk.
      if (round > 0) figures.get(name).push(found);
    }
  const rows = [['', ...candidates], ['', ...candidates].map(() => '---')];
  for (const measure of MEASURES) {
    const base = figures.get(BASE);
    rows.push([
      measure,
      ...candidates.map((name) => {
        const own = figures.get(name).map((one) => one[measure]);
        if (own.includes(null)) return 'none';
        const text = Number(median(own).toPrecision(3)).toString();
        if (base === undefined) return text;
        return `${text} (${median(own.map((figure, i) => figure / base[i][measure])).toFixed(2)})`;
      }),
    ]);
  }
  return rows;
}
