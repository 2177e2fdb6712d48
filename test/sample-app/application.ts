import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { heardChild } from '../support/heard-children.js';
import { Visitor } from './visitor.js';

const SERVER = path.resolve(__dirname, '../../sample-app/server.js');
const ADDRESS = /is at (http:\S+)/;

export interface Application {
  readonly address: string;
  /** Everything printed so far. */
  output(): string;
  /** Stops reading what it prints, as a program behind a pipe that has ended. */
  closeOutput(): void;
  /** Sends the signal and waits for the end; resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An empty folder, and how to remove it. */
export async function emptyFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sample-app-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts the sample application as its own process in a folder, where it keeps its data. */
export async function startApplication(
  folder: string,
  env: Record<string, string> = {},
): Promise<Application> {
  const child = spawn(process.execPath, [SERVER], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', DEMO_POLICIES: 'false', ...heardChild(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = once(child, 'exit');
  const listening = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const found = ADDRESS.exec(text);
      if (found?.[1]) resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => reject(new Error(`The application did not start:\n${text}`)));
  });
  const address = await listening;
  return {
    address,
    output: () => text,
    closeOutput: () => void child.stdout.destroy(),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

/** The application as it starts without settings, for all tests of a file. */
export function applicationOfFile(): Pick<Application, 'address' | 'output'> & {
  login(userName: string): Promise<Visitor>;
} {
  let app: Application;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const place = await emptyFolder();
    remove = place.remove;
    app = await startApplication(place.folder);
  });
  afterAll(async () => {
    await app?.stop();
    await remove?.();
  });
  return {
    get address() {
      return app.address;
    },
    output: () => app.output(),
    async login(userName) {
      const visitor = new Visitor(app.address);
      await visitor.login(userName);
      return visitor;
    },
  };
}

/** Starts the application where it is expected to refuse; resolves to what it printed and its exit code. */
export async function failToStart(
  folder: string,
  env: Record<string, string>,
): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, [SERVER], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', DEMO_POLICIES: 'false', ...heardChild(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(giveUp);
  return { output, code };
}
