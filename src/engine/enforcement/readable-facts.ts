import type { Facts } from '../../core/policy.js';

/** Names that are kept; with one more, all are created again. */
const MOST = 1000;

/** The facts of who reads one model: the same each time, so that what the rules say of them is compiled once. */
export class ReadableFacts {
  private readonly known = new Map<string, Facts>();

  of(model: string): Facts {
    let facts = this.known.get(model);
    if (facts !== undefined) return facts;
    if (this.known.size >= MOST) this.known.clear();
    facts = Object.freeze({ readableModels: Object.freeze([model]) });
    this.known.set(model, facts);
    return facts;
  }
}
