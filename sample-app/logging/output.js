import { fstatSync, writeSync } from 'node:fs';

const isPipe = (fd) => {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
};

/**
 * Writes lines to standard output. If that fails, because nobody reads any more or the disk is full, the
 * application continues; the number of lost lines is logged as soon as writing works again.
 */
export function standardOutput(stream = process.stdout) {
  // Without a listener, an error of a standard stream ends the process.
  for (const each of [stream, process.stderr]) each.on('error', () => {});
  // A stream stops writing after an error; a file is written without one.
  const write = isPipe(stream.fd) ? (line) => stream.write(line) : (line) => writeSync(stream.fd, line);
  let lost = 0;
  return function output(line) {
    try {
      if (lost > 0)
        write(`${JSON.stringify({ level: 'warn', message: 'lines of the log were lost', lines: lost })}\n`);
      lost = 0;
      write(line);
    } catch {
      lost += 1;
    }
  };
}
