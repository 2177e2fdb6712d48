import { readdir } from 'node:fs/promises';
import { emptyFolder } from '../empty-folder.js';
import type { Bytes, Change } from './bytes.js';
import { writeFormat } from './format.js';
import { LevelBytes } from './level-bytes.js';

const BATCH = 200;

/** Copies everything of one moment into an empty folder, which can then be opened as a store. */
export async function backup(bytes: Bytes, folder: string): Promise<{ files: number; documents: number }> {
  await emptyFolder(folder);
  const target = await LevelBytes.open(folder, true);
  let documents = 0;
  try {
    let batch: Change[] = [];
    for await (const change of bytes.snapshot()) {
      if (change.space === 'format') continue;
      if (change.space !== 'large') documents++;
      batch.push(change);
      if (batch.length >= BATCH) {
        await target.write(batch);
        batch = [];
      }
    }
    await target.write(batch);
    await writeFormat(target);
  } finally {
    await target.close();
  }
  return { files: (await readdir(folder)).length, documents };
}
