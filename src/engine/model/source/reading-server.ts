import { EventEmitter } from 'node:events';
import { QuietLogger } from './quiet-logger.js';
import { bpmn, tameHost, type HostServer } from '../host.js';

/**
 * The minimal server needed to read a definition. Knows the host's own BPMN extensions, not those of an
 * application.
 */
export function readingServer(): HostServer {
  tameHost();
  const server = { listener: new EventEmitter(), logger: new QuietLogger(() => false) };
  const { moddleOptions } = new bpmn.DefaultAppDelegate(server as never);
  return { ...server, appDelegate: { moddleOptions } } as unknown as HostServer;
}
