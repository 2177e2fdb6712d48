import { portOf } from './abstract-level.mjs';

/** LevelDB: a log and sorted tables, merged in the background. */
export const name = 'classic-level';

export async function open(folder) {
  const { ClassicLevel } = await import('classic-level');
  const level = new ClassicLevel(folder, { keyEncoding: 'utf8', valueEncoding: 'view' });
  await level.open();
  return portOf(level);
}
