/** The parts of busboy used here; it has no types of its own. */
declare module 'busboy' {
  import type { Readable, Writable } from 'node:stream';

  interface FieldInfo {
    readonly nameTruncated: boolean;
    readonly valueTruncated: boolean;
  }
  interface FileInfo {
    readonly filename: string | undefined;
  }
  interface Busboy extends Writable {
    on(event: 'field', take: (name: string | undefined, value: string, info: FieldInfo) => void): this;
    on(event: 'file', take: (name: string | undefined, stream: Readable, info: FileInfo) => void): this;
    on(event: 'partsLimit' | 'close', take: () => void): this;
    on(event: 'error', take: (error: unknown) => void): this;
  }
  interface Config {
    readonly headers: Readonly<Record<string, string>>;
    readonly defParamCharset?: string;
    readonly preservePath?: boolean;
    readonly limits?: Readonly<Record<'parts' | 'fieldSize' | 'fieldNameSize', number>>;
  }
  export default function busboy(config: Config): Busboy;
}
