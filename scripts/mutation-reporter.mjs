/** The reporter of `mutation.mjs`: remembers each mutant as it was tested, so that a run that is cut off tells too. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** What was tested so far. */
export const tested = [];

/** What the mutant replaces, on its first line. */
function originalOf({ fileName, location: { start, end } }) {
  const line = readFileSync(fileName, 'utf8').split('\n')[start.line - 1] ?? '';
  return line.slice(start.column - 1, start.line === end.line ? end.column - 1 : undefined).trim();
}

const IN_WORDS = {
  Survived: 'survived',
  NoCoverage: 'is reached by no test',
  Timeout: 'ended in a time limit',
};

class SampleReporter {
  onMutantTested(result) {
    const { mutatorName, location, replacement, status } = result;
    const [original, fileName] = [originalOf(result), relative(process.cwd(), result.fileName)];
    tested.push({ ...result, original, fileName });
    if (IN_WORDS[status] === undefined) return;
    const place = `${fileName}:${location.start.line}`;
    console.log(`  ${place} ${mutatorName} ${IN_WORDS[status]}: ${original} -> ${replacement ?? ''}`);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'sample', SampleReporter)];
