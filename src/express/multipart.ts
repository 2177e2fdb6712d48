import busboy from 'busboy';
import { BadInput } from '../core/errors.js';

/** One part of a form with files. The file name is informational and never used as a path. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly content: Buffer;
}

const PARTS_MOST = 8;
const NAME_MOST = 200;
const TYPE = /^multipart\/form-data\s*;/i;
const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"\r\n]*)"|([^\s;"\\]+))/gi;
/** The characters of RFC 2046. */
const PLAIN = /^[\w'()+,./:=? -]{1,70}$/;

const malformed = (what: string): BadInput =>
  new BadInput('bad-request', `The form with files is malformed: ${what}.`);

/** @throws BadInput `bad-request`: with two boundaries, two readers could choose differently */
function boundaryOf(contentType: string): string {
  const found = [...contentType.matchAll(BOUNDARY)];
  const [quoted, plain] = found[0]?.slice(1) ?? [];
  const boundary = quoted ?? plain ?? '';
  if (!TYPE.test(contentType) || !PLAIN.test(boundary)) throw malformed('no boundary');
  if (found.length > 1) throw malformed('two boundaries');
  return boundary;
}

/** Counts the parts that begin before the end of the form. */
function beginningsIn(body: Buffer, boundary: string): number {
  const delimiter = `(?:^|\\r\\n)--${boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  const [form = ''] = body.toString('latin1').split(new RegExp(`${delimiter}--`), 1);
  return form.match(new RegExp(`${delimiter}[ \\t]*(?=\\r\\n)`, 'g'))?.length ?? 0;
}

/**
 * Parses a `multipart/form-data` body of at most 8 parts. Text before the first and after the last part is ignored,
 * as RFC 2046 requires.
 * @throws BadInput `bad-request` for malformed bodies, and for parts that are not form fields
 */
export async function parseMultipart(body: Buffer, contentType: string): Promise<Part[]> {
  const expected = beginningsIn(body, boundaryOf(contentType));
  if (expected > PARTS_MOST) throw malformed(`more than ${PARTS_MOST} parts`);
  const parts: Part[] = [];
  await new Promise<void>((resolve, reject) => {
    const add = (name: string | undefined, content: Buffer, filename?: string): void => {
      if (name === undefined) return reject(malformed('a part has no name'));
      parts.push({ name, content, ...(filename === undefined ? {} : { filename }) });
    };
    const parser = busboy({
      headers: { 'content-type': contentType },
      defParamCharset: 'utf8',
      preservePath: true,
      limits: { parts: PARTS_MOST, fieldSize: body.length, fieldNameSize: NAME_MOST },
    });
    parser
      .on('field', (name, value, { nameTruncated }) =>
        nameTruncated ? reject(malformed('a name is too long')) : add(name, Buffer.from(value, 'utf8')),
      )
      .on('file', (name, stream, { filename }) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => add(name, Buffer.concat(chunks), filename));
        stream.on('error', () => undefined);
      })
      .on('error', () => reject(malformed('a part has no end, or no headers')))
      .on('close', resolve);
    parser.end(body);
  });
  if (parts.length === 0) throw malformed('it has no parts');
  if (parts.length !== expected) throw malformed('a part is not a form field');
  return parts;
}
