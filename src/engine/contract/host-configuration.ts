import type { IConfiguration } from 'bpmn-server';
import { badConfiguration, nearest } from '../../core/options.js';
import { isObject } from '../../core/value.js';

/** The members of bpmn-server's configuration; the compiler reports one that is missing or unknown. */
const MEMBERS = Object.keys({
  definitionsPath: true,
  templatesPath: true,
  timers: true,
  database: true,
  apiKey: true,
  logger: true,
  definitions: true,
  appDelegate: true,
  dataStore: true,
  scriptHandler: true,
  cacheManager: true,
} satisfies Record<keyof IConfiguration, true>);
const TIMERS = Object.keys({
  forceTimersDelay: true,
  precision: true,
} satisfies Record<keyof IConfiguration['timers'], true>);

/** Refuses a name that resembles a known one that is not given. Other names are the application's own. */
function assertSpelt(given: object, known: readonly string[], path: string): void {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name] of entries) {
    const meant = known.includes(name) ? undefined : nearest(name, known);
    if (meant !== undefined && !entries.some(([other]) => other === meant))
      throw badConfiguration(`bpmn-server does not read ${path}${name}. Did you mean ${path}${meant}?`);
  }
}

/**
 * Refuses misspelt members of bpmn-server's configuration, and those that the guard reads if they have the wrong type.
 * @throws BadInput `bad-configuration`
 */
export function checkConfiguration(configuration: object): void {
  assertSpelt(configuration, MEMBERS, 'configuration.');
  const { definitionsPath, timers } = configuration as { definitionsPath?: unknown; timers?: unknown };
  if (definitionsPath !== undefined && definitionsPath !== null && typeof definitionsPath !== 'string')
    throw badConfiguration('configuration.definitionsPath must be a text, the path of a folder.');
  if (timers === undefined || timers === null) return;
  if (!isObject(timers))
    throw badConfiguration(`configuration.timers must be an object with ${TIMERS.join(' and ')}.`);
  assertSpelt(timers, TIMERS, 'configuration.timers.');
}
