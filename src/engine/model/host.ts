import { randomUUID } from 'node:crypto';
import * as bpmn from 'bpmn-server';
import { BadInput } from '../../core/errors.js';
import { shareParsing } from './host-definition.js';

export type * from './host-types.js';

/** The first supported and the first unsupported version of bpmn-server. */
const SUPPORTED = { from: '2.3.8', below: '2.4.0' } as const;

const parts = (version: string): number[] => version.split('.').map(Number);
const before = (a: string, b: string): boolean => {
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return (x[i] ?? 0) < (y[i] ?? 0);
  return false;
};

/**
 * Checks the installed bpmn-server before any of it is started.
 * @param accepted an exact version that is accepted although it is outside the range
 * @throws BadInput `unsupported-host`
 */
export function checkHost(accepted?: string): void {
  const version = bpmn.BPMNServer.getVersion() as string;
  if (version === accepted) return;
  if (
    !/^\d+\.\d+\.\d+$/.test(version) ||
    before(version, SUPPORTED.from) ||
    !before(version, SUPPORTED.below)
  ) {
    throw new BadInput(
      'unsupported-host',
      `bpmn-server ${version} is installed; supported versions are ${SUPPORTED.from} up to, but` +
        ` not including, ${SUPPORTED.below}.`,
    );
  }
}

/**
 * Undoes the effects of importing bpmn-server on the process, makes its ids random, and lets a server parse a model
 * once. Idempotent. Removes the listener that swallows every uncaught error; the guard awaits the work that made it
 * necessary. Patches `Execution.prototype.getUUID`, because the host's ids are guessable from each other.
 */
export function tameHost(): void {
  for (const listener of process.listeners('uncaughtException')) {
    if (listener.toString().includes('BPMNServer UNCAUGHT ERROR'))
      process.removeListener('uncaughtException', listener);
  }
  shareParsing();
  (bpmn.Execution.prototype as { getUUID: () => string }).getUUID = () => randomUUID();
}

// From the import on: with the listener, a failed start would leave a process that serves nothing.
tameHost();

export { bpmn };
