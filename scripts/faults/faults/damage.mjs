import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { readFolder, start } from '../process.mjs';

/** A folder that was closed, with values in every kind of file that the engine has. */
async function whole(candidate, folder) {
  const at = join(folder, 'whole');
  const journal = new Journal(1);
  for (const operations of [150, 100]) {
    const options = { workers: 1, from: journal.next, operations };
    journal.take((await start(candidate, 'write', at, options).ended).lines);
  }
  // Settle unfinished writes once, in a copy: an engine may move the content of its log when it opens.
  const copy = `${at}-copy`;
  cpSync(at, copy, { recursive: true });
  journal.judge((await readFolder(candidate, copy)).found);
  rmSync(copy, { recursive: true });
  return { at, journal, files: readdirSync(at).filter((file) => statSync(join(at, file)).isFile()) };
}

/** Changes one file of a copy, and judges how the copy is read. */
async function damaged(candidate, { at, journal, files }, file, change, where, tally) {
  const copy = `${at}-copy`;
  cpSync(at, copy, { recursive: true });
  change(join(copy, file));
  const read = await readFolder(candidate, copy);
  if (read.refused === undefined) tally.read(journal, read, where);
  else {
    tally.add({});
    tally.refusal(read.refused, { folder: copy, files });
  }
  rmSync(copy, { recursive: true });
}

export const truncated = {
  name: 'truncate',
  title: 'a file that lost its end',
  async run({ candidate, times, folder, tally }) {
    const base = await whole(candidate, folder);
    for (const file of base.files) {
      const { size } = statSync(join(base.at, file));
      for (let n = 0; n < times(2) && n <= size; n++) {
        const left = Math.floor((size * n) / (times(2) + 0.2));
        const change = (path) => truncateSync(path, left);
        await damaged(candidate, base, file, change, `${file} cut to ${left} of ${size}`, tally);
      }
    }
  },
};

function flip(path, bit) {
  const bytes = readFileSync(path);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  writeFileSync(path, bytes);
}

export const flipped = {
  name: 'flip',
  title: 'one bit that changed',
  async run({ candidate, times, folder, random, tally }) {
    const base = await whole(candidate, folder);
    const sized = base.files
      .map((file) => ({ file, size: statSync(join(base.at, file)).size }))
      .filter(({ size }) => size > 0);
    for (let n = 0; n < times(20); n++) {
      const { file, size } = sized[n % sized.length];
      // Every other one near the beginning, where an engine keeps its entry points.
      const byte = random(n % 4 < 2 ? size : Math.min(size, 8192));
      const bit = byte * 8 + random(8);
      await damaged(candidate, base, file, (path) => flip(path, bit), `${file} bit ${bit}`, tally);
    }
  },
};
