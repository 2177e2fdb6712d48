import type { SecureUser } from '../../core/principal.js';
import { bpmn } from '../model/host.js';

/** Shared by all copies of this package: the first that is loaded changes the class. */
const CALLER = Symbol.for('bpmn-guard.caller');

interface Named {
  readonly [CALLER]?: () => SecureUser;
}

/**
 * Makes a `BPMNAPI` of bpmn-server without a user call for the ambient principal, where its server is guarded. Without
 * it, such a call fails with a TypeError, which ends the process if a route does not await the call.
 */
function useCaller(): void {
  const api = bpmn.BPMNAPI.prototype as object;
  if (Object.hasOwn(api, 'defaultUser')) return;
  Object.defineProperty(api, 'defaultUser', {
    configurable: true,
    get(this: { readonly server?: Named }) {
      return this.server?.[CALLER]?.();
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'defaultUser', {
        configurable: true,
        enumerable: true,
        writable: true,
        value,
      });
    },
  });
}

/** Sets who calls when a `BPMNAPI` on this server is given no user. */
export function nameCaller(server: object, caller: () => SecureUser): void {
  useCaller();
  Object.defineProperty(server, CALLER, { configurable: true, value: caller });
}
