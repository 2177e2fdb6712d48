import { readdirSync, realpathSync, type Dirent } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
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

/** Hidden files belong to editors and systems. */
const isModel = (name: string): boolean => EXTENSION.test(name) && !name.startsWith('.');

/** True for a file that is a link out of the folder: the owner of the folder did not put its target there. */
function leadingOutOf(folder: string): (file: string) => boolean {
  const home = realpathSync(folder);
  const inside = home.endsWith(sep) ? home : home + sep;
  return (file) => {
    try {
      return !realpathSync(file).startsWith(inside);
    } catch {
      // It is not there, or reading it says why it cannot be read.
      return false;
    }
  };
}

const byName = (one: Dirent, other: Dirent): number => (one.name < other.name ? -1 : 1);

/** Models in the folders of a folder: they would need names that tell them apart, and are named only. */
function inFolders(folder: string, depth = 1): ModelFile[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  return entries.flatMap((entry) => {
    const file = join(folder, entry.name);
    if (entry.isDirectory())
      return depth < DEEPEST && !entry.name.startsWith('.') ? inFolders(file, depth + 1) : [];
    return isModel(entry.name)
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
 * case, and not hidden. Those that are not read come with the reason: in folders of the folder, links that lead out of
 * it, and of a name that another has.
 */
export function modelFilesIn(folder: string): ModelFile[] {
  const found: ModelFile[] = [];
  const more: ModelFile[] = [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  const leadsOut = leadingOutOf(folder);
  for (const entry of entries) {
    const file = join(folder, entry.name);
    if (isModel(entry.name))
      found.push({
        ...modelFileOf(file),
        ...(leadsOut(file) && { problem: 'It is a link that leads out of the folder.' }),
        ...(leadsOut(pictureOf(file)) && {
          problem: 'Its picture is a link that leads out of the folder.',
        }),
      });
    else if (entry.isDirectory() && !entry.name.startsWith('.')) more.push(...inFolders(file));
  }
  return [...oncePerModel(found), ...more];
}
