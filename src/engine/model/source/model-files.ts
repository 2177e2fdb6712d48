import { readdirSync, type Dirent } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asModelName } from '../../../core/model-name.js';

/** A file with a model. */
export interface ModelFile {
  readonly file: string;
  /** The name of the model: that of the file without its extension. */
  readonly name: string;
  /** Why it is not read; missing: it is. */
  readonly problem?: string;
}

const EXTENSION = /\.bpmn(?:2|20)?(?:\.xml)?$/i;
/** Folders in a folder of models are looked through to this depth. */
const DEEPEST = 8;

/** The model in a file. An unknown extension is part of the name. */
export const modelFileOf = (file: string): ModelFile => ({
  file,
  name: basename(file).replace(EXTENSION, ''),
});

/** The place of the picture of a model, beside it. */
export const pictureOf = (file: string): string => `${file.replace(EXTENSION, '')}.svg`;

const byName = (one: Dirent, other: Dirent): number => (one.name < other.name ? -1 : 1);

/** Models in the folders of a folder: they would need names that tell them apart, and are named only. */
function inFolders(folder: string, depth = 1): ModelFile[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  return entries.flatMap((entry) => {
    const file = join(folder, entry.name);
    if (entry.isDirectory())
      return depth < DEEPEST && !entry.name.startsWith('.') ? inFolders(file, depth + 1) : [];
    return EXTENSION.test(entry.name)
      ? [{ ...modelFileOf(file), problem: 'It is in a subfolder, which is not read.' }]
      : [];
  });
}

/** Files of a model that another one has given already come with the reason why they are not read. */
export function oncePerModel(files: readonly ModelFile[]): ModelFile[] {
  const found = new Map<string, string>();
  return files.map((model) => {
    if (model.problem !== undefined) return model;
    const name = asModelName(model.name) ?? model.name;
    const same = found.get(name) ?? model.file;
    found.set(name, same);
    if (resolve(same) === resolve(model.file)) return model;
    const other = dirname(same) === dirname(model.file) ? basename(same) : same;
    return { ...model, problem: `${other} is the same model.` };
  });
}

/**
 * The files with models in a folder, in the order of their names: `.bpmn`, `.bpmn2`, `.bpmn20.xml`, `.bpmn.xml`, in any
 * case. Those that are not read come with the reason: in folders of the folder, and of a name that another has.
 */
export function modelFilesIn(folder: string): ModelFile[] {
  const found: ModelFile[] = [];
  const more: ModelFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const file = join(folder, entry.name);
    if (EXTENSION.test(entry.name)) found.push(modelFileOf(file));
    else if (entry.isDirectory() && !entry.name.startsWith('.')) more.push(...inFolders(file));
  }
  return [...oncePerModel(found), ...more];
}
