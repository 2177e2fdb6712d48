import { access, constants, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from './engine-thread.js';
import { DATABASE, LOG, PROBE } from './names.js';

const FILES = [DATABASE, LOG];
const PAGE = 4096;

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

interface Found {
  readonly file: string | undefined;
  readonly code: string;
}

/** Asks the system about each file without opening it: closing it again would release the lock of the database. */
async function refusedFile(folder: string, isReadOnly: boolean): Promise<Found | undefined> {
  const { R_OK, W_OK, X_OK } = constants;
  const wanted = isReadOnly ? R_OK : R_OK | W_OK;
  const folderCode = await access(folder, wanted | X_OK).then(() => undefined, codeOf);
  for (const file of FILES) {
    const at = path.join(folder, file);
    const found = await stat(at).catch(() => undefined);
    if (found?.isDirectory() === true) return { file, code: 'EISDIR' };
    const code = await access(at, wanted).then(() => undefined, codeOf);
    if (code !== undefined && code !== 'ENOENT') return { file, code };
  }
  return folderCode === undefined ? undefined : { file: DATABASE, code: folderCode };
}

/** Writes a page as far behind in a file of its own as the next one of the log would be. */
async function refusedWrite(folder: string): Promise<string | undefined> {
  const at = path.join(folder, PROBE);
  const sizes = await Promise.all(
    FILES.map((file) =>
      stat(path.join(folder, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  try {
    const file = await open(at, 'w', 0o600);
    try {
      await file.write(Buffer.alloc(PAGE, 1), 0, PAGE, Math.max(...sizes));
      await file.sync();
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    await rm(at, { force: true }).catch(() => undefined);
  }
}

async function find(folder: string, code: string, isReadOnly: boolean): Promise<Found | undefined> {
  const file = LOG;
  if (code.startsWith('SQLITE_FULL')) return { file, code: (await refusedWrite(folder)) ?? 'ENOSPC' };
  if (!/^SQLITE_(IOERR|CANTOPEN|READONLY|PERM|AUTH)/.test(code)) return undefined;
  const refused = await refusedFile(folder, isReadOnly);
  if (refused !== undefined) return refused;
  const written = isReadOnly ? undefined : await refusedWrite(folder);
  if (written !== undefined) return { file, code: written };
  // SQLite writes to no file that says of itself that a newer version has written it.
  if (code.startsWith('SQLITE_READONLY')) return { file: DATABASE, code: 'SQLITE_CORRUPT' };
  return code.startsWith('SQLITE_IOERR') ? { file: DATABASE, code: 'EIO' } : undefined;
}

/**
 * Adds the file and the system's code to an error of SQLite, which names neither.
 * @param isReadOnly whether nothing may be written to find it out
 */
export async function withCause(folder: string, cause: unknown, isReadOnly = false): Promise<unknown> {
  if (!(cause instanceof EngineError && cause.code?.startsWith('SQLITE_'))) return cause;
  const found = await find(folder, cause.code, isReadOnly);
  const { file = DATABASE, code = cause.code } = found ?? {};
  return Object.assign(new Error(`${path.join(folder, file)}: ${cause.message} (${code})`, { cause }), {
    code,
  });
}
