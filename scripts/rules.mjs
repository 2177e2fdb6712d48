// Writes src/core/policies/generated-rules.ts: code for the conditions of the rules that are always in force. The build
// runs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE = join(root, 'src', 'core', 'policies', 'generated-rules.ts');

/**
 * Writes the file, unless it is up to date.
 * @param built a folder with the build as CommonJS
 * @returns whether it was written, so that the build is old
 */
export async function writeRules(built) {
  const { codeOfBuiltIn } = require('./rules-code.cjs');
  const { BUILT_IN, togetherOf } = require(join(built, 'core', 'policies', 'built-in-rules.js'));
  const made = codeOfBuiltIn({ BUILT_IN, togetherOf });
  const code = await format(made, { ...(await resolveConfig(FILE)), parser: 'typescript' });
  if (readFileSync(FILE, 'utf8') === code) return false;
  writeFileSync(FILE, code);
  return true;
}
