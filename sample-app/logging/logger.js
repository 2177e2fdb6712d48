import pino from 'pino';
import { standardOutput } from './output.js';
import { scrubber } from './scrub.js';

const DEEPEST = 3;

/** Of an error what helps to mend it. Its other members are left out: a parser puts the whole body there. */
function toldOf(error, depth = 0) {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause === undefined || depth >= DEEPEST ? {} : { cause: toldOf(error.cause, depth + 1) };
  return {
    type: error.name,
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
    stack: error.stack,
    ...cause,
  };
}

/**
 * The log of the application: one line of JSON for each message, on the standard output.
 * @param secrets texts that may not be in it
 * @param write takes each line
 */
export function createLogger({ level = 'info', secrets = [], write = standardOutput() } = {}) {
  const scrub = scrubber(secrets);
  const options = {
    level,
    base: undefined,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: (error) => toldOf(error) },
  };
  const log = pino(options, { write: (line) => write(scrub(line)) });
  const at = (name) => (message, facts) => log[name](facts ?? {}, message);
  return Object.freeze({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
}
