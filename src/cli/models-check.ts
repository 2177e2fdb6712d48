import { isGuardError } from '../core/errors.js';
import type { ModelWarning } from '../engine/contract/model-warning.js';
import type { ModelFile } from '../engine/model/source/model-files.js';
import { sourceIn } from '../engine/model/source/read-model.js';
import type { Io } from './io.js';
import type { Run } from './maintenance.js';
import { modelFiles } from './models.js';
import { readArguments } from './options.js';

interface Checked {
  readonly file: string;
  /** Why it cannot be run; missing: it can. */
  readonly error?: string;
  readonly warnings: readonly ModelWarning[];
}

async function check({ file, problem }: ModelFile): Promise<Checked> {
  if (problem !== undefined) return { file, error: problem, warnings: [] };
  // Imported here because loading bpmn-server takes a while.
  const { checkModel } = await import('../engine/model/source/check-model.js');
  try {
    return { file, warnings: await checkModel(sourceIn(file)) };
  } catch (error) {
    if (!isGuardError(error) || error.status >= 500) throw error;
    return { file, error: error.message, warnings: [] };
  }
}

function tell({ file, error, warnings }: Checked, io: Io): void {
  if (error !== undefined) io.out(`${file}: ${error}`);
  else if (warnings.length === 0) io.out(`${file}: no warnings`);
  for (const { element, found, means } of warnings) io.out(`${file}: ${element}: ${found}. ${means}`);
}

/** Checks model files for errors and unsupported parts. Needs no store. */
export const checkModels: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['file …'], { json: { type: 'boolean' } });
  let wrong = 0;
  for (const model of modelFiles(given)) {
    const checked = await check(model);
    if (checked.error !== undefined || checked.warnings.length > 0) wrong++;
    if (values.json === true) io.out(JSON.stringify(checked));
    else tell(checked, io);
  }
  return wrong === 0 ? 0 : 1;
};
