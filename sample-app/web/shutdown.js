/** Milliseconds that a running request has to finish: as long as the guard waits for a command. */
const PATIENCE = 30_000;
/** Milliseconds after which a connection on which nothing was sent is closed. */
const SILENT = 1000;

/**
 * Creates a function that stops a server: it accepts nothing new, each further response closes its connection
 * (`Connection: close`), and running requests are finished, so that every stored change gets its answer.
 * @param patience milliseconds after which running requests are cut off
 */
export function stopper(server, patience = PATIENCE) {
  const answers = new Set();
  const since = new Map();
  let stopping = false;
  const last = (res) => res.headersSent || res.setHeader('Connection', 'close');
  server.on('connection', (socket) => {
    since.set(socket, performance.now());
    socket.once('close', () => since.delete(socket));
  });
  server.prependListener('request', (req, res) => {
    if (stopping) last(res);
    answers.add(res);
    res.once('close', () => answers.delete(res));
  });
  return async function stop() {
    stopping = true;
    answers.forEach(last);
    const closed = new Promise((resolve) => server.close(resolve));
    // A connection becomes idle once its request is answered; the browser would keep it open. Node does not count a
    // connection as idle on which nothing was sent, such as those that browsers open in advance.
    const closeIdle = () => {
      server.closeIdleConnections();
      const silent = performance.now() - SILENT;
      since.forEach((began, socket) => began < silent && socket.bytesRead === 0 && socket.destroy());
    };
    closeIdle();
    const idle = setInterval(closeIdle, 50);
    const cut = setTimeout(() => server.closeAllConnections(), patience);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
  };
}
