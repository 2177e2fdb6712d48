import { createServer } from 'node:http';

const SECOND = 1000;

/** In milliseconds. */
export const TIMEOUTS = Object.freeze({
  /** For all headers of a request to arrive. */
  headersTimeout: 10 * SECOND,
  /** For a whole request to arrive. */
  requestTimeout: 30 * SECOND,
  /** A connection without a request. */
  keepAliveTimeout: 5 * SECOND,
  /** A connection without traffic while a response is prepared or read. */
  inactivity: 120 * SECOND,
});

/**
 * For the scripts and services of one command. With the wait for an instance that others hold (30 s), it is shorter
 * than `inactivity`: whoever waits for a script that does not end is told so, rather than cut off.
 */
export const COMMAND_LIMIT = 60 * SECOND;

/** A server that slow clients cannot keep busy. */
export function timedServer(app, { inactivity, ...timeouts } = TIMEOUTS) {
  const server = createServer({ ...timeouts, connectionsCheckingInterval: SECOND }, app);
  return server.setTimeout(inactivity);
}
