import { BadInput } from '../core/errors.js';

/** One part of a form with files. A file name is told, and never used as one. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly content: Buffer;
}

const PARTS_MOST = 8;
const HEADERS_MOST = 2048;
const CRLF = '\r\n';
const TYPE = /^multipart\/form-data\s*(;.*)$/i;
const BOUNDARY = /^[\w'()+,./:=? -]{1,70}$/;
const DISPOSITION = /^content-disposition:\s*form-data\s*(;.*)$/i;
/** Browsers put values in quotes; the forms of .NET do only where they must. */
const PARAMETER = /;\s*([\w*-]+)=(?:"([^"\r\n]*)"|([^\s;"\\]+))/g;

const bad = (what: string): never => {
  throw new BadInput('bad-request', `The form with files is malformed: ${what}.`);
};

const parametersIn = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(PARAMETER)].map(([, name, quoted, plain]) => [
      (name as string).toLowerCase(),
      (quoted ?? plain) as string,
    ]),
  );

function readPart(bytes: Buffer): Part {
  const split = bytes.indexOf(CRLF + CRLF);
  if (split < 0 || split > HEADERS_MOST) bad('a part has no end of its headers');
  const headers = bytes.subarray(0, split).toString('utf8').split(CRLF);
  const parameters =
    headers.map((line) => DISPOSITION.exec(line)?.[1]).find((found) => found !== undefined) ??
    bad('a part has no content disposition');
  const found = parametersIn(parameters);
  const filename = found.get('filename');
  return {
    name: found.get('name') ?? bad('a part has no name'),
    ...(filename === undefined ? {} : { filename }),
    content: bytes.subarray(split + 4),
  };
}

/**
 * Reads a `multipart/form-data` body as form libraries and browsers send it: no text around the parts, at
 * most 8 of them.
 * @throws BadInput `bad-request` for anything else
 */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = parametersIn(TYPE.exec(contentType)?.[1] ?? '').get('boundary') ?? '';
  if (!BOUNDARY.test(boundary)) bad('no boundary');
  const delimiter = `--${boundary}`;
  if (!body.subarray(0, delimiter.length).equals(Buffer.from(delimiter)))
    bad('it does not begin with its boundary');
  const parts: Part[] = [];
  let at = delimiter.length;
  while (body.subarray(at, at + 2).toString('latin1') === CRLF) {
    const end = body.indexOf(CRLF + delimiter, at);
    if (end < 0) bad('a part has no end');
    if (parts.length === PARTS_MOST) bad(`more than ${PARTS_MOST} parts`);
    parts.push(readPart(body.subarray(at + 2, end)));
    at = end + CRLF.length + delimiter.length;
  }
  if (!['--', `--${CRLF}`].includes(body.subarray(at).toString('latin1')))
    bad('it does not end with its boundary');
  return parts;
}
