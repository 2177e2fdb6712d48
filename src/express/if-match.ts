import { BadInput } from '../core/errors.js';

const VERSION = /^"(0|[1-9]\d{0,14})"$/;

/** The tag of a version, for the header ETag. */
export const etagOf = (version: number): string => `"${version}"`;

/**
 * The version in an If-Match header; undefined if there is no header, or if any version will do.
 * @throws BadInput `bad-request` for anything but the tag of one version
 */
export function versionIn(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = VERSION.exec(header.trim());
  if (match !== null) return Number(match[1]);
  throw new BadInput('bad-request', 'If-Match must be the ETag of one version, as "7".');
}
