/** Milliseconds that a running request has to finish: as long as the guard waits for the command that it answers. */
const PATIENCE = 30_000;

/**
 * Makes what stops a server: nothing new is accepted, each answer from then on tells the caller that the connection
 * ends (`Connection: close`), and a request that runs is finished, so that nobody is left without the answer to what
 * was stored.
 * @param patience in milliseconds, after which what still runs is cut off
 */
export function stopper(server, patience = PATIENCE) {
  const answers = new Set();
  let stopping = false;
  const last = (res) => res.headersSent || res.setHeader('Connection', 'close');
  server.prependListener('request', (req, res) => {
    if (stopping) last(res);
    answers.add(res);
    res.once('close', () => answers.delete(res));
  });
  return async function stop() {
    stopping = true;
    answers.forEach(last);
    const closed = new Promise((resolve) => server.close(resolve));
    // A connection becomes idle when its request is answered; the browser would keep it open.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => server.closeAllConnections(), patience);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
  };
}
