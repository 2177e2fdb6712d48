import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from 'bpmn-guard';
import { ADMIN_USER } from './guards.js';
import { end, model, start, task } from './models.js';

/** Models that can be told apart. */
export const sourceFor = (assignee: string): string => model([start(), task('t', { assignee }), end()]);

/** The names of the stored models, in order. */
export const storedNames = async (guard: Guard): Promise<string[]> =>
  (await guard.api.model.list({}, ADMIN_USER)).map(({ name }) => name).sort();

/** A folder of models, another one for each test of the block. */
export class ModelFolderOfTest {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'bpmn-guard-models-'));
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  write(file: string, text: string | Uint8Array): void {
    writeFileSync(join(this.path, file), text);
  }
}
