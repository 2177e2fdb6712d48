import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INDEXES } from '../../../src/store/mongo/index-list.js';
import type { Shape } from '../../../src/store/mongo/shape.js';
import { SHAPES } from '../../../src/store/mongo/shapes.js';

const said = (shape: Shape): string => `${shape.on}: ${shape.says} (${SHAPES.indexOf(shape)})`;

/** Notes for the end of the run, one file for each test file. */
function note(file: string, what: object): void {
  const folder = process.env.GUARD_NOTES;
  if (folder === undefined) return;
  const name = createHash('sha256').update(file).digest('hex');
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ file, ...what }));
}

/** All but what the database does by itself. */
const all = SHAPES.filter(({ index }) => index === '_id' || !('expireAfterSeconds' in INDEXES[index])).map(
  said,
);

/** Notes that the test file is run. */
export const began = (file: string): void => note(file, { all, used: [] });

/** Notes which entries of the table of queries the test file needs. */
export const used = (file: string, shapes: ReadonlySet<Shape>): void =>
  note(file, { all, used: [...shapes].map(said) });
