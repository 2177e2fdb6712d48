/**
 * One process that uses a folder through a candidate: it writes and tells of each operation what became of it, or it
 * reads everything and reports it. A fault may end it at any time.
 */
import { writeSync } from 'node:fs';
import { candidate } from './candidates/index.mjs';
import { grouped } from './grouped.mjs';
import { measure, measureLarge } from './speed-child.mjs';
import { entriesOf, readAll } from './work.mjs';

let isEnding = false;
process.on('SIGTERM', () => (isEnding = true));

/** At once, since the process may be killed; a pipe that is full for now is tried again. */
function say(line) {
  for (;;)
    try {
      return writeSync(1, `${line}\n`);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
}

/** An error and its causes in one line, for the judge: codes, messages. */
function textOf(error) {
  const parts = [];
  for (let at = error; at !== null && typeof at === 'object' && parts.length < 5; at = at.cause)
    parts.push([at.code, at.rawCode, at.message].filter((part) => part !== undefined).join(' '));
  return parts.join(' <- ').replaceAll('\n', ' ') || String(error);
}

async function write(port, { workers, from, operations, pause }) {
  let refusals = 0;
  const worker = async (number) => {
    for (let n = from + number; n < from + operations && !isEnding; n += workers) {
      try {
        await port.put(entriesOf(n, workers));
        say(`+${n}`);
      } catch (error) {
        refusals++;
        say(`-${n} ${textOf(error)}`);
        // The disk may have space again soon.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, number) => worker(number)));
  return refusals;
}

const [name, command, folder, options = '{}'] = process.argv.slice(2);
const tried = await candidate(name);
const task = JSON.parse(options);
let port;
try {
  if (command === 'speed') {
    say(
      JSON.stringify(
        await (task.entries === undefined ? measure(tried, folder) : measureLarge(tried, folder, task)),
      ),
    );
    process.exit(0);
  }
  port = await tried.open(folder);
  for (let again = 1; again < (task.openings ?? 1); again++) {
    for await (const _ of port.iterate());
    await port.close();
    port = await tried.open(folder);
  }
  say('open');
  if (task.reads) say(JSON.stringify(await readAll(port)));
  if (command === 'write') await write(tried.groups ? port : grouped(port), task);
  else say(JSON.stringify(await readAll(port)));
  await port.close();
  say('closed');
} catch (error) {
  say(`failed ${textOf(error)}`);
  await port?.close().catch(() => undefined);
}
process.exit(0);
