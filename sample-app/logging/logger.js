import pino from 'pino';
import { standardOutput } from './output.js';
import { scrubber } from './scrub.js';

const DEEPEST = 3;

/** The useful parts of an error. Other members are dropped: a parser puts the whole body there. */
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
 * The log of the application: one line of JSON per message, on standard output.
 * @param secrets texts that must not appear in it
 * @param write receives each line
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
