import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory that can be filled up. @returns undefined where none can be mounted */
export function smallDisk(megabytes) {
  const at = mkdtempSync(join(tmpdir(), 'faults-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at]).status !== 0) {
    rmSync(at, { recursive: true });
    return undefined;
  }
  const ballast = join(at, 'ballast');
  const free = () => {
    const { bavail, bsize } = statfsSync(at);
    return bavail * bsize;
  };
  return {
    at,
    folder: join(at, 'store'),
    /** Leaves so many bytes, or fewer where others write at the same time. */
    fill(left) {
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(free() - left, 0)));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    },
    release: () => rmSync(ballast, { force: true }),
    setReadOnly: (isReadOnly) =>
      spawnSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, at]).status === 0,
    unmount() {
      spawnSync('umount', ['-l', at]);
      rmSync(at, { recursive: true, force: true });
    },
  };
}

export const NO_DISK = 'no file system can be mounted here';
