import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { heardChild } from './heard-children.js';

const CHILDREN = join(__dirname, 'children');

/** A process of its own, made of a script in `children`, which uses the built package. */
export class Child {
  /** What it has said so far, one JSON text a line. */
  readonly facts: Record<string, any>[] = [];
  errors = '';
  private readonly process: ChildProcess;
  private readonly waiters: (() => void)[] = [];
  private readonly exited: Promise<unknown[]>;

  constructor(script: string, argument: object, env: Record<string, string> = {}) {
    this.process = spawn(process.execPath, [join(CHILDREN, script), JSON.stringify(argument)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...heardChild(), ...env },
    });
    createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.facts.push(JSON.parse(line) as Record<string, unknown>);
      for (const wake of this.waiters.splice(0)) wake();
    });
    this.process.stderr?.on('data', (data: Buffer) => (this.errors += String(data)));
    this.exited = once(this.process, 'close');
  }

  /** Waits until it has said so much. */
  async said(count: number): Promise<Record<string, any>[]> {
    while (this.facts.length < count) {
      const more = new Promise<void>((resolve) => this.waiters.push(resolve));
      const ended = await Promise.race([more, this.exited]);
      if (Array.isArray(ended) && this.facts.length < count)
        throw new Error(`The process ended before it had said ${count} things: ${this.errors}`);
    }
    return this.facts;
  }

  /** As `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  /** Waits for its end. */
  async ended(): Promise<{ code: number | null; signal: string | null; errors: string }> {
    const [code, signal] = (await this.exited) as [number | null, string | null];
    return { code, signal, errors: this.errors };
  }
}
