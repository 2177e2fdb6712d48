import { BadInput } from '../../core/errors.js';
import { show } from '../../core/value.js';
import { decodeExactly, encode, sizeOf } from '../bson/codec.js';
import type { Contents, Entry, Fields } from '../contents/contents.js';
import { nameOf } from '../contents/name-of.js';
import type { Part } from '../contents/parts.js';
import { LARGE_FIELDS, withoutLarge } from '../query/large-fields.js';
import type { Bytes, Change, Space } from './bytes.js';
import { FolderBytes } from './folder-bytes.js';
import { documentOf, FORMS, storedOf, withoutPlace } from './forms.js';
import { hot, large, largeKey, logKey } from './instance-bytes.js';
import { readLog } from './instance-log.js';

const PLAIN = LARGE_FIELDS.filter((name) => name !== 'logs');

const spaceOf = (part: Part): Space => (part === 'instances' ? 'instance' : FORMS[part].space);
const holds = (part: Part, key: string): boolean =>
  part === 'instances' || (FORMS[part].holds?.(key) ?? true);

const keyOf = (part: Part, document: Fields): string =>
  part === 'instances' ? (document.id as string) : FORMS[part].keyOf(document);

/** @throws BadInput `bad-data` for a document that a folder has no place for */
function changesOf(part: Part, document: Fields): Change[] {
  const field = withoutPlace(part, document);
  if (field !== undefined)
    throw new BadInput(
      'bad-data',
      `${part}: ${nameOf(part, document)} cannot be kept in a folder: its ${field} is ${show(document[field])}.`,
    );
  if (part !== 'instances') return [{ space: FORMS[part].space, ...storedOf(part, document) }];
  const id = keyOf(part, document);
  return [hot(id, encode(withoutLarge(document))), ...large(id, document)];
}

/** A folder as its documents. Others cannot have it open at the same time. */
export class EmbeddedContents implements Contents {
  constructor(private readonly bytes: Bytes) {}

  /** @throws GuardError as `openStore` */
  static async open(folder: string): Promise<EmbeddedContents> {
    return new EmbeddedContents(await FolderBytes.open(folder));
  }

  async *read(part: Part, skip = 0): AsyncGenerator<Entry> {
    let at = 0;
    for await (const [key, bytes] of this.bytes.scan(spaceOf(part)))
      if (holds(part, key) && at++ >= skip) yield await this.entry(part, key, bytes);
  }

  async count(part: Part): Promise<number> {
    let count = 0;
    for await (const [key] of this.bytes.scan(spaceOf(part))) if (holds(part, key)) count++;
    return count;
  }

  async find(part: Part, documents: readonly Fields[]): Promise<(Fields | undefined)[]> {
    const placed = documents.filter((document) => withoutPlace(part, document) === undefined);
    const keys = placed.map((document) => keyOf(part, document));
    const found = new Map<Fields, Fields>();
    for (const [at, bytes] of (await this.bytes.read(spaceOf(part), keys)).entries()) {
      if (bytes === undefined) continue;
      const { document } = await this.entry(part, keys[at] as string, bytes);
      found.set(placed[at] as Fields, document);
    }
    return documents.map((document) => found.get(document));
  }

  async write(part: Part, documents: readonly Fields[]): Promise<void> {
    await this.bytes.write(documents.flatMap((document) => changesOf(part, document)));
  }

  async remove(part: Part, documents: readonly Fields[]): Promise<void> {
    await this.bytes.write(
      documents.flatMap((document) => changesOf(part, document)).map(({ space, key }) => ({ space, key })),
    );
  }

  usedBy(): Promise<string[]> {
    return Promise.resolve([]);
  }

  install(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.bytes.close();
  }

  private async entry(part: Part, key: string, bytes: Uint8Array): Promise<Entry> {
    if (part !== 'instances') return { document: documentOf(part, key, bytes), size: bytes.length };
    const values = await this.bytes.read(
      'large',
      PLAIN.map((name) => largeKey(key, name)),
    );
    const fields = values.map((value) => value && decodeExactly<{ value: unknown }>(value).value);
    const logs = await readLog(this.bytes, logKey(key), decodeExactly);
    const found = Object.fromEntries(PLAIN.map((name, at) => [name, fields[at]] as const));
    const all = Object.entries({ ...found, logs }).filter(([, value]) => value !== undefined);
    const size = values.reduce((sum, value) => sum + (value?.length ?? 0), bytes.length + sizeOf(logs));
    return { document: { ...decodeExactly<Fields>(bytes), ...Object.fromEntries(all) }, size };
  }
}
