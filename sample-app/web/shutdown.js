/** Milliseconds that a running request has to finish: as long as the guard waits for a command. */
const PATIENCE = 30_000;

/**
 * Creates a function that stops a server: it accepts nothing new, each further response closes its connection
 * (`Connection: close`), and running requests are finished, so that every stored change gets its answer.
 * @param patience milliseconds after which running requests are cut off
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
