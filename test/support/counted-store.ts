import type { Store } from 'bpmn-guard';
import { openStore } from '../../src/store/open.js';

/** What a call did at the store. */
export interface Trips {
  /** Every call, as `instances.load`. */
  readonly calls: string[];
  /** How often it waited for an answer: calls side by side are one wait. */
  readonly waits: number;
}

type Call = (...args: unknown[]) => Promise<unknown>;
const PARTS = ['instances', 'models', 'users', 'locks', 'audit', 'policies'] as const;

/** A store in memory, each answer of which takes a moment; it tells what a call has asked of it. */
export class CountedStore {
  private calls: string[] = [];
  private answered = 0;
  private deepest = 0;

  private constructor(
    readonly store: Store,
    private readonly delay: { ms: number },
  ) {}

  static async open(): Promise<CountedStore> {
    const inner = await openStore({ memory: true });
    const delay = { ms: 0 };
    const parts: Record<string, unknown> = {};
    const counted: CountedStore = new CountedStore(
      Object.create(inner, {
        ...Object.fromEntries(PARTS.map((part) => [part, { get: () => parts[part], enumerable: true }])),
        values: { value: (namespace: string) => counted.wrapped('values', inner.values(namespace)) },
      }) as Store,
      delay,
    );
    for (const part of PARTS) parts[part] = counted.wrapped(part, inner[part]);
    return counted;
  }

  private wrapped(part: string, inner: object): unknown {
    return Object.fromEntries(
      Object.entries(inner as Record<string, Call>).map(([name, call]) => [
        name,
        (...args: unknown[]) => this.pass(`${part}.${name}`, () => call(...args)),
      ]),
    );
  }

  private async pass(name: string, call: () => Promise<unknown>): Promise<unknown> {
    this.calls.push(name);
    const depth = this.answered + 1;
    this.deepest = Math.max(this.deepest, depth);
    try {
      const [answer] = await Promise.all([
        call(),
        new Promise((resolve) => setTimeout(resolve, this.delay.ms)),
      ]);
      return answer;
    } finally {
      this.answered = Math.max(this.answered, depth);
    }
  }

  /** What the work asks of the store, each answer of which takes so many milliseconds. */
  async of(work: () => Promise<unknown>, ms = 3): Promise<Trips> {
    this.calls = [];
    this.answered = 0;
    this.deepest = 0;
    this.delay.ms = ms;
    await work();
    this.delay.ms = 0;
    return { calls: this.calls, waits: this.deepest };
  }
}
