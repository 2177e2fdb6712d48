import { freshFor } from './clock.js';

/** Values by key that are valid for a time. */
export class Recent<K, V> {
  private readonly values = new Map<K, { readonly isFresh: () => boolean; readonly value: V }>();

  /**
   * @param ms how long a value is valid, in milliseconds
   * @param most how many are kept; one more empties it
   */
  constructor(
    private readonly ms: number,
    private readonly most = Number.MAX_SAFE_INTEGER,
  ) {}

  /** Undefined if there is none, or it is too old. */
  get(key: K): V | undefined {
    const known = this.values.get(key);
    return known?.isFresh() === true ? known.value : undefined;
  }

  set(key: K, value: V): void {
    if (this.values.size >= this.most) this.values.clear();
    this.values.set(key, { isFresh: freshFor(this.ms), value });
  }

  delete(key: K): void {
    this.values.delete(key);
  }
}

/** A question that is evaluated at most once per interval. */
export interface Seldom<T> {
  (): Promise<T>;
  /** Asks again at the next call. */
  forget(): void;
}

/**
 * Asks a question at most once per time, counted from the asking. Calls in the meantime share the answer, also while
 * it is awaited. A failure is shared by those who await it, and not kept.
 * @param ms milliseconds
 */
export function seldom<T>(ms: number, ask: () => Promise<T>): Seldom<T> {
  const asked = new Recent<'', Promise<T>>(ms);
  const answer = (): Promise<T> => {
    const known = asked.get('');
    if (known !== undefined) return known;
    const fresh = ask();
    asked.set('', fresh);
    fresh.catch(() => {
      if (asked.get('') === fresh) asked.delete('');
    });
    return fresh;
  };
  return Object.assign(answer, { forget: () => asked.delete('') });
}
