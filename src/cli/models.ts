import { existsSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isGuardError } from '../core/errors.js';
import { checkModelName } from '../core/model-name.js';
import type { ModelWarning } from '../engine/contract/model-warning.js';
import { declareUtf8 } from '../engine/model/source/encoding.js';
import {
  modelFileOf,
  modelFilesIn,
  oncePerModel,
  pictureOf,
  type ModelFile,
} from '../engine/model/source/model-files.js';
import { modelIn } from '../engine/model/source/read-model.js';
import type { Store, StoredModel } from '../store/port.js';
import { DOCUMENT_FIELDS } from '../store/query/large-fields.js';
import { fileProblem } from './file-error.js';
import { NotDone, UsageError, type Io } from './io.js';
import type { Run } from './maintenance.js';
import { nameIn, readArguments } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

const BPMN = '.bpmn';

/** Lists the models of all owners. */
export const listModels: Run = (args, io) => {
  const { values } = readArguments(args, [], { json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const models = await store.models.find({}, { without: DOCUMENT_FIELDS });
    if (values.json === true)
      for (const { name, owner = null, saved } of models) io.out(JSON.stringify({ name, owner, saved }));
    else {
      const rows = models.map(({ name, owner, saved }) => [name, owner ?? '', minute(saved)]);
      for (const line of table(['name', 'owner', 'saved'], rows)) io.out(line);
    }
    return 0;
  });
};

/** The files named by the arguments, including those in folders. @throws NotDone for a missing file */
export const modelFiles = (given: readonly string[]): ModelFile[] =>
  given.flatMap((place) => {
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats === undefined) throw new NotDone(`There is no file ${place}`);
    return stats.isDirectory() ? modelFilesIn(place) : [modelFileOf(place)];
  });

/** The outcome for one file, with the warnings for its author. */
interface Imported {
  readonly done: 'added' | 'replaced' | 'unchanged';
  readonly warnings: readonly ModelWarning[];
}

async function importOne(
  store: Store,
  { file, name: given, problem }: ModelFile,
  { owner, replace }: { readonly owner: string | null; readonly replace: boolean },
): Promise<Imported> {
  if (problem !== undefined) throw new NotDone(problem);
  const name = checkModelName(given);
  const { source, svg } = modelIn(file);
  // Imported here because loading bpmn-server takes a while.
  const { modelKeeper } = await import('../engine/execution/definition-loader.js');
  const keeper = modelKeeper(store);
  const warnings = await keeper.check(source);
  const before = await store.models.get(name, owner);
  // A document repaired while parsing is stored repaired.
  const isSource = before !== undefined && before.source === (await keeper.definition(name, source)).source;
  // A picture without a character is none.
  if (isSource && (before.svg || null) === svg) return { done: 'unchanged', warnings };
  if (before !== undefined && !replace)
    throw new NotDone(
      `There is ${isSource ? 'another picture of that model' : 'another model of that name'}; see --replace`,
    );
  await keeper.save(name, source, svg, owner);
  return { done: before === undefined ? 'added' : 'replaced', warnings };
}

/** Saves files as models. A faulty file is reported and does not stop the others. */
export const importModels: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['file …'], {
    'model-name': { type: 'string' },
    owner: { type: 'string' },
    replace: { type: 'boolean' },
  });
  const files = oncePerModel(modelFiles(given));
  const wanted = values['model-name'];
  if (wanted !== undefined && files.length !== 1) throw new UsageError('--model-name needs exactly one file');
  const { replace = false } = values;
  const owner = nameIn(values.owner, '--owner') ?? null;
  return withStore(values, io, async (store) => {
    let failed = 0;
    for (const model of files.map((entry) => ({ ...entry, name: wanted ?? entry.name }))) {
      const { file, name } = model;
      try {
        const { done, warnings } = await importOne(store, model, { owner, replace });
        io.out(`${done}  ${checkModelName(name)}`);
        for (const { element, found, means } of warnings) io.err(`${file}: ${element}: ${found}. ${means}`);
        if (done !== 'unchanged')
          await record(
            store,
            'import model',
            checkModelName(name),
            owner === null ? {} : { tenantId: owner },
          );
      } catch (error) {
        if (!(error instanceof NotDone) && !(isGuardError(error) && error.status < 500)) throw error;
        failed++;
        io.err(`${file}: ${error.message}`);
      }
    }
    return failed === 0 ? 0 : 1;
  });
};

/** Writes a model and its picture, or neither: a picture that lies there belongs to the file that it replaces. */
async function exportOne(
  { name, source = '', svg }: StoredModel,
  folder: string,
  replace: boolean,
): Promise<void> {
  const file = path.join(folder, checkModelName(name) + BPMN);
  const picture = pictureOf(file);
  const there = [file, picture].find((place) => existsSync(place));
  if (there !== undefined && !replace)
    throw new NotDone(`the file ${path.basename(there)} exists already; see --replace`);
  const flag = replace ? 'w' : 'wx';
  await writeFile(file, declareUtf8(source), { flag });
  if (svg) await writeFile(picture, svg, { flag });
  else if (replace) await rm(picture, { force: true });
}

async function exportAll(
  models: readonly StoredModel[],
  folder: string,
  replace: boolean,
  io: Io,
): Promise<number> {
  let failed = 0;
  for (const model of models) {
    try {
      await exportOne(model, folder, replace);
      io.out(model.name);
    } catch (error) {
      failed++;
      io.err(`${model.name}: ${fileProblem(error) ?? (error as Error).message}`);
    }
  }
  return failed;
}

/** Writes the models of one owner, or those without one, into a folder. */
export const exportModels: Run = (args, io) => {
  const { values, given } = readArguments(args, ['folder'], {
    model: { type: 'string', multiple: true },
    owner: { type: 'string' },
    replace: { type: 'boolean' },
  });
  const folder = given[0] as string;
  const names = values.model?.map(checkModelName);
  const owner = nameIn(values.owner, '--owner') ?? null;
  return withStore(values, io, async (store) => {
    const all = await store.models.find({ owner });
    const models = all.filter(({ name }) => names === undefined || names.includes(name));
    const missing = names?.find((name) => !models.some((model) => model.name === name));
    if (missing !== undefined) {
      io.err(`There is no model ${missing}.`);
      return 1;
    }
    await mkdir(folder, { recursive: true });
    return (await exportAll(models, folder, values.replace === true, io)) === 0 ? 0 : 1;
  });
};
