import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** A process that prints nothing for this long counts as hanging. */
const SILENCE = 30_000;

/**
 * Starts a process that uses a folder.
 * Its end tells how it `died`, unless it ended by itself and without an error.
 * @param setting `wrap`: a shell command around it, with "$@" for its own; `env`, `uid`, and `silence` in milliseconds
 */
export function start(
  name,
  command,
  folder,
  options = {},
  { wrap, env = {}, uid, silence: most = SILENCE } = {},
) {
  const own = [process.execPath, CHILD, name, command, folder, JSON.stringify(options)];
  const all = wrap === undefined ? own : ['bash', '-c', wrap, 'bash', ...own];
  const child = spawn(all[0], all.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines = [];
  const errors = [];
  const listeners = new Set();
  let hangs = false;
  const onSilence = () => {
    hangs = true;
    child.kill('SIGKILL');
  };
  let silence = setTimeout(onSilence, most);
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(silence);
    silence = setTimeout(onSilence, most);
    lines.push(line);
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (data) => errors.push(String(data)));
  const ended = new Promise((resolve) =>
    child.once('close', (status, signal) => {
      clearTimeout(silence);
      for (const listener of listeners) listener();
      const stderr = errors.join('').slice(-500);
      const died = hangs ? 'hangs' : (signal ?? (status === 0 ? undefined : `status ${status} ${stderr}`));
      resolve({ lines, status, signal, died, stderr });
    }),
  );
  return {
    child,
    lines,
    ended,
    /** Waits until the lines are as wanted, the process has ended, or so many milliseconds are over. */
    until: (wanted, most) =>
      new Promise((resolve) => {
        const done = (answer) => {
          clearTimeout(timer);
          listeners.delete(look);
          resolve(answer);
        };
        const look = () => {
          if (wanted(lines)) done(true);
          else if (child.exitCode !== null || child.signalCode !== null) done(false);
        };
        const timer = setTimeout(() => done(false), most);
        listeners.add(look);
        look();
      }),
  };
}

/** What a process that reads everything finds: `found`, or `refused` with the text, or `crashed`. */
export async function readFolder(name, folder, setting) {
  return foundIn(await start(name, 'read', folder, {}, setting).ended);
}

/** The same of a process that read everything. @param died how, unless that does not matter */
export function foundIn({ lines, died }) {
  const failed = lines.find((line) => line.startsWith('failed '));
  if (failed !== undefined) return { refused: failed.slice('failed '.length) };
  const json = lines.find((line) => line.startsWith('{'));
  return json === undefined || died !== undefined
    ? { crashed: died ?? 'says nothing' }
    : { found: JSON.parse(json) };
}
