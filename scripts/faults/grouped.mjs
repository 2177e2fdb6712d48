/** Stores the writes that arrive while another one runs together, with one flush of the disk. */
export function grouped(port) {
  let waiting = [];
  let isRunning = false;
  async function run() {
    isRunning = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await port.put(group.flatMap(({ entries }) => entries)).then(
        () => group.forEach(({ resolve }) => resolve()),
        (error) => group.forEach(({ reject }) => reject(error)),
      );
    }
    isRunning = false;
  }
  return {
    ...port,
    put: (entries) =>
      new Promise((resolve, reject) => {
        waiting.push({ entries, resolve, reject });
        if (!isRunning) void run();
      }),
  };
}
