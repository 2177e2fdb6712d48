import { readdirSync, type Dirent } from 'node:fs';
import { basename, join } from 'node:path';

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

/**
 * The files with models in a folder, in the order of their names: `.bpmn`, `.bpmn2`, `.bpmn20.xml`, `.bpmn.xml`, in any
 * case. Those that are not read come with the reason: in folders of the folder, and of a name that another has.
 */
export function modelFilesIn(folder: string): ModelFile[] {
  const found = new Map<string, ModelFile>();
  const more: ModelFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort(byName)) {
    const file = join(folder, entry.name);
    if (!EXTENSION.test(entry.name)) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) more.push(...inFolders(file));
      continue;
    }
    const model = modelFileOf(file);
    const same = found.get(model.name);
    if (same === undefined) found.set(model.name, model);
    else more.push({ ...model, problem: `${basename(same.file)} is the same model.` });
  }
  return [...found.values(), ...more];
}
