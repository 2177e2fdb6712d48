import { EventEmitter } from 'node:events';
import { QuietLogger } from '../../execution/quiet-logger.js';
import { bpmn, tameHost, type HostServer } from '../host.js';

/** As much of a server as reading a definition needs. Knows the host's own extensions of BPMN, not an application's. */
export function readingServer(): HostServer {
  tameHost();
  const server = { listener: new EventEmitter(), logger: new QuietLogger(() => false) };
  const { moddleOptions } = new bpmn.DefaultAppDelegate(server as never);
  return { ...server, appDelegate: { moddleOptions } } as unknown as HostServer;
}
