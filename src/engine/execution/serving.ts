import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The channel on which Node reports each request to an HTTP server of this process. */
export const REQUESTS = 'http.server.request.start';

/**
 * The channel on which Node reports each connection to a server of this process, whatever its protocol: HTTP/2, a pipe,
 * or a port that another process of a cluster listens on.
 */
const CONNECTIONS = 'net.server.socket';

/**
 * Whether this process serves: it listens on a port, or has had a connection or a request. Until then it is a script
 * that starts something, and ends as every script of Node does by an error that nothing catches.
 */
export class Serving {
  private hasHadRequest = false;

  constructor() {
    subscribe(REQUESTS, this.begin);
    subscribe(CONNECTIONS, this.begin);
  }

  /** A connection or request has arrived, in whatever way: it need not come from a server of this process. */
  readonly begin = (): void => {
    if (this.hasHadRequest) return;
    this.hasHadRequest = true;
    this.close();
  };

  get now(): boolean {
    return this.hasHadRequest || process.getActiveResourcesInfo().includes('TCPServerWrap');
  }

  close(): void {
    unsubscribe(REQUESTS, this.begin);
    unsubscribe(CONNECTIONS, this.begin);
  }
}
